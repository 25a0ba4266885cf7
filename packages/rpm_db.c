/* SPDX-License-Identifier: GPL-2.0-or-later */
/* librpm's database: opened, asked, waited for. */
#include "packages/rpm_db.h"

#include <errno.h>
#include <fcntl.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmps.h>
#include <rpm/rpmver.h>

#include "lib/stop.h"
#include "lib/util.h"
#include "lib/wait.h"

#define LOCK_TICK_MS 50

static char *said;

static int keep_first(rpmlogRec rec, rpmlogCallbackData data)
{
        (void)data;
        if (!said && rpmlogRecPriority(rec) <= RPMLOG_ERR) {
                said = xstrdup(rpmlogRecMessage(rec));
                said[strcspn(said, "\n")] = '\0';
        }
        return 0;
}

const char *rpm_said(void)
{
        return said;
}

int rpm_open(rpmts *out, char **why)
{
        static bool configured;
        free(TAKE_PTR(said));
        rpmlogSetMask(RPMLOG_UPTO(RPMLOG_ERR));
        rpmlogSetCallback(keep_first, NULL);
        if (!configured && rpmReadConfigFiles(NULL, NULL) != 0)
                return fail(why, -EINVAL, "rpm's configuration is broken");
        configured = true;
        *out = rpmtsCreate();
        rpmtsSetRootDir(*out, "/");
        if (rpmtsOpenDB(*out, O_RDONLY) != 0)
                return fail(why, -EIO, "rpm's database cannot be opened%s%s", said ? ": " : "",
                            said ? said : "");
        return 0;
}

bool rpm_without_plugins(const struct sys *sys, rpmts ts)
{
        if (sys->live || (rpmtsFlags(ts) & RPMTRANS_FLAG_NOPLUGINS))
                return false;
        rpmtsSetFlags(ts, rpmtsFlags(ts) | RPMTRANS_FLAG_NOPLUGINS);
        free(TAKE_PTR(said));
        return true;
}

int rpm_problems(rpmts ts, int r, const char *consequence, int *type, char **why)
{
        rpmps ps = rpmtsProblems(ts);
        rpmpsi psi = rpmpsInitIterator(ps);
        rpmProblem p = rpmpsiNext(psi);
        _cleanup_free_ char *text = p ? rpmProblemString(p) : NULL;
        if (p && type)
                *type = (int)rpmProblemGetType(p);
        rpmpsFreeIterator(psi);
        rpmpsFree(ps);
        return text ? fail(why, r, "%s: %s", text, consequence) : 0;
}

bool rpm_version_fits(const char *version, const char *evr)
{
        size_t n = version ? strlen(version) : 0;
        if (n && version[n - 1] == '*')
                return strncmp(version, evr, n - 1) == 0;
        return n == 0 || streq(version, evr);
}

char *rpm_evr(Header h)
{
        return xasprintf("%s-%s", headerGetString(h, RPMTAG_VERSION),
                         headerGetString(h, RPMTAG_RELEASE));
}

int rpm_installed(const char *name, const char *version, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        int r = rpm_open(&ts, why);
        if (r < 0)
                return r;
        rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_NAME, name, 0);
        for (Header h; r == 0 && mi && (h = rpmdbNextIterator(mi));) {
                _cleanup_free_ char *evr = rpm_evr(h);
                r = rpm_version_fits(version, evr);
        }
        rpmdbFreeIterator(mi);
        return r;
}

int rpm_compare(const char *a, const char *b)
{
        _cleanup_free_ char *va = xstrndup(a, strcspn(a, "-")), *vb = xstrndup(b, strcspn(b, "-"));
        int c = rpmvercmp(va, vb);
        return c ? c : rpmvercmp(a + strlen(va), b + strlen(vb));
}

int rpm_newest(const char *name, char **out, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        int r = rpm_open(&ts, why);
        if (r < 0)
                return r;
        char *best = NULL;
        rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_NAME, name, 0);
        for (Header h; mi && (h = rpmdbNextIterator(mi));) {
                _cleanup_free_ char *evr = rpm_evr(h);
                if (best && rpm_compare(evr, best) <= 0)
                        continue;
                free(best);
                best = TAKE_PTR(evr);
        }
        rpmdbFreeIterator(mi);
        free(*out);
        *out = best;
        return 0;
}

int rpm_wait_lock(const struct sys *sys, const struct package_request *request,
                  struct package_result *out, char **why)
{
        struct wait wait = { 0 };
        stop_ask(request->stopped);
        for (;;) {
                _cleanup_free_ char *who = NULL;
                if (package_lock_holder(sys, PACKAGES_RPM, &who) <= 0)
                        return 0;
                _cleanup_free_ char *text = xasprintf("waiting for %s", who);
                progress_tell(request->progress, text, -1);
                int r = wait_pause(sys, &wait, who, LOCK_TICK_MS, why);
                if (r == -EAGAIN && !out->cause)
                        out->cause = xstrdup("packages-locked");
                if (r < 0)
                        return fail(why, r, "%s", who);
        }
}
