/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-rpm.so: what is installed and what is removed through librpm; resolving from repositories
 * by the root's own dnf, whose word is not taken for it: librpm is asked afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmps.h>
#include <rpm/rpmts.h>

#include "lib/run.h"
#include "lib/util.h"
#include "packages/packages.h"
#include "packages/rpm-dnf.h"

#define LOCK "/var/lib/rpm/.rpm.lock"
#define LOCK_TICK_MS 50

static void cleanup_ts(rpmts *ts)
{
        if (*ts)
                rpmtsFree(*ts);
}
#define _cleanup_ts_ _cleanup_(cleanup_ts)

static int open_database(rpmts *out, char **why)
{
        rpmlogSetMask(RPMLOG_UPTO(RPMLOG_CRIT));
        if (rpmReadConfigFiles(NULL, NULL) != 0)
                return fail(why, -EINVAL, "rpm's configuration is broken");
        *out = rpmtsCreate();
        rpmtsSetRootDir(*out, "/");
        if (rpmtsOpenDB(*out, O_RDONLY) != 0)
                return fail(why, -EIO, "rpm's database cannot be opened");
        return 0;
}

/* Does VERSION ("" any, a prefix before '*') name this VERSION-RELEASE? */
static bool version_fits(const char *version, const char *evr)
{
        size_t n = version ? strlen(version) : 0;
        if (n && version[n - 1] == '*')
                return strncmp(version, evr, n - 1) == 0;
        return n == 0 || streq(version, evr);
}

static char *evr_of(Header h)
{
        return xasprintf("%s-%s", headerGetString(h, RPMTAG_VERSION),
                         headerGetString(h, RPMTAG_RELEASE));
}

/* Is NAME of VERSION installed? 1, 0 or -errno. */
static int installed(const char *name, const char *version, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        int r = open_database(&ts, why);
        if (r < 0)
                return r;
        rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_NAME, name, 0);
        for (Header h; r == 0 && mi && (h = rpmdbNextIterator(mi));) {
                _cleanup_free_ char *evr = evr_of(h);
                r = version_fits(version, evr);
        }
        rpmdbFreeIterator(mi);
        return r;
}

static int cause(struct package_result *out, const char *code)
{
        if (!out->cause)
                out->cause = xstrdup(code);
        return 0;
}

static int wait_lock(const struct sys *sys, const struct package_request *request,
                     struct package_result *out, char **why)
{
        for (;;) {
                _cleanup_free_ char *who = NULL;
                if (package_lock_holder(sys, PACKAGES_RPM, &who) <= 0)
                        return 0;
                if (sys_time_left(sys) <= 0) {
                        cause(out, "packages-locked");
                        return fail(why, -EAGAIN, "%s", who);
                }
                _cleanup_free_ char *text = xasprintf("waiting for %s", who);
                progress_tell(request->progress, text, -1);
                sleep_ms(LOCK_TICK_MS);
        }
}

static int do_simulate(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why)
{
        int r = installed(request->name, request->version, why);
        return r != 0 ? (r < 0 ? r : 0) : dnf_simulate(sys, request, out, why);
}

/* dnf says "Complete!" also after a scriptlet failed: the database has the last word. */
static int read_back(const struct package_request *request, int r, const char *said, char **why)
{
        int there = installed(request->name, request->version, why);
        if (there < 0)
                return there;
        if (r == 0 && there == 1)
                return 0;
        return fail(why, r < 0 ? r : -EIO, "%s is %s: %s", request->name,
                    there ? "installed, but something went wrong" : "not installed",
                    said && *said ? said : "dnf did not say why");
}

static int do_dnf(const char *verb, const struct sys *sys, const struct package_request *request,
                  struct package_result *out, char **why)
{
        _cleanup_free_ char *said = NULL;
        int r = wait_lock(sys, request, out, why);
        if (r < 0)
                return r;
        r = dnf_change(verb, sys, request, out, &said);
        if (r == -ENOENT || r == -ENETDOWN || r == -EBADMSG)
                return fail(why, r, "%s", said);
        return read_back(request, r, said, why);
}

static int do_install(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why)
{
        int r = installed(request->name, request->version, why);
        return r != 0 ? (r < 0 ? r : 0) : do_dnf("install", sys, request, out, why);
}

static int do_reinstall(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why)
{
        return do_dnf("reinstall", sys, request, out, why);
}

/* --- removing: one librpm transaction of exactly the packages named --- */

/* "name-version-release" as do_simulate() listed it. */
static int mark(rpmts ts, const char *nevr)
{
        int marked = 0;
        rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_LABEL, nevr, 0);
        for (Header h; mi && (h = rpmdbNextIterator(mi));)
                marked += rpmtsAddEraseElement(ts, h, -1) == 0;
        rpmdbFreeIterator(mi);
        return marked;
}

static int problems(rpmts ts, int r, char **why)
{
        rpmps ps = rpmtsProblems(ts);
        rpmpsi psi = rpmpsInitIterator(ps);
        rpmProblem p = rpmpsiNext(psi);
        _cleanup_free_ char *text = p ? rpmProblemString(p) : NULL;
        rpmpsFreeIterator(psi);
        rpmpsFree(ps);
        return text ? fail(why, r, "%s: nothing is removed", text) : 0;
}

static int do_remove(const struct sys *sys, const struct package_request *request,
                     struct package_result *out, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        int marked = 0, r = wait_lock(sys, request, out, why);
        if (r == 0)
                r = open_database(&ts, why);
        if (r < 0)
                return r;
        for (char *const *n = request->names; *n; n++)
                marked += mark(ts, *n);
        if (marked == 0)
                return 0;
        rpmtsCheck(ts);
        r = problems(ts, -ENOTUNIQ, why);
        if (r < 0)
                return r;
        rpmtsOrder(ts);
        rpmtsClean(ts);
        if (rpmtsRun(ts, NULL, RPMPROB_FILTER_NONE) != 0) {
                r = problems(ts, -EIO, why);
                return r < 0 ? r : fail(why, -EIO, "rpm did not remove the packages");
        }
        return 0;
}

__attribute__((visibility("default"))) const struct package_system package_system = {
        .abi = PACKAGE_SYSTEM_ABI,
        .simulate = do_simulate,
        .install = do_install,
        .reinstall = do_reinstall,
        .remove = do_remove,
};
