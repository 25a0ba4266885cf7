/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --offline DIR: the package asked for and those it needs, out of the files there, in one librpm
 * transaction. Digests are verified before anything is unpacked, and signatures as rpm's own
 * configuration (and dnf's localpkg_gpgcheck) says. */
#include <errno.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmps.h>

#include "packages/rpm_files.h"
#include "lib/i18n.h"

#define KEPT _("nothing is installed")
#define DNF_CONF_MAX ((size_t)64 * 1024)

/* The version NAME has now where FILE would replace it, malloc'ed. */
static char *old_version(rpmts ts, const char *name)
{
        rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_NAME, name, 0);
        Header h = mi ? rpmdbNextIterator(mi) : NULL;
        char *evr = h ? rpm_evr(h) : NULL;
        rpmdbFreeIterator(mi);
        return evr;
}

static void list_changes(rpmts ts, const struct rpm_files *files,
                         const struct package_request *request, struct package_result *out)
{
        for (size_t i = 0; i < files->n; i++) {
                if (!files->items[i].chosen)
                        continue;
                const char *name = headerGetString(files->items[i].header, RPMTAG_NAME);
                bool beside = rpm_stands_beside(files->items[i].header, request);
                _cleanup_free_ char *evr = rpm_evr(files->items[i].header),
                                    *nevr = xasprintf("%s-%s", name, evr),
                                    *old = beside ? NULL : old_version(ts, name);
                package_result_add(out, old ? name : nevr, evr, old);
                out->changes[out->n_changes - 1].size =
                        (long long)headerGetNumber(files->items[i].header, RPMTAG_LONGSIZE);
        }
}

static void *notify(const void *header, const rpmCallbackType what, const rpm_loff_t amount,
                    const rpm_loff_t total, fnpyKey key, rpmCallbackData data)
{
        static FD_t fd;
        (void)header;
        if (what == RPMCALLBACK_INST_OPEN_FILE) {
                fd = Fopen(key, "r.ufdio");
                return fd;
        }
        if (what == RPMCALLBACK_INST_CLOSE_FILE && fd) {
                Fclose(fd);
                fd = NULL;
        }
        if (what == RPMCALLBACK_INST_PROGRESS && total > 0)
                progress_tell(data, key, (int)(amount * 100 / total));
        return NULL;
}

/* What the operator asks of local package files in dnf's configuration. */
static bool wants_signatures(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        struct keyfile kf = { 0 };
        if (sys_read(sys, "/etc/dnf/dnf.conf", DNF_CONF_MAX, &text, &len) < 0 ||
            keyfile_parse("dnf.conf", text, len, &kf, NULL) < 0)
                return false;
        const char *value = keyfile_get(&kf, "main", "localpkg_gpgcheck");
        bool wants = value && strchr("1yYtT", *value) != NULL;
        keyfile_free(&kf);
        return wants;
}

static int error_of(int type)
{
        return type == RPMPROB_VERIFY                                   ? -EBADMSG
               : type == RPMPROB_DISKSPACE || type == RPMPROB_DISKNODES ? -ENOSPC
                                                                        : -EIO;
}

static int run(const struct sys *sys, rpmts ts, const struct package_request *request,
               rpmprobFilterFlags filter, char **why)
{
        int type = -1;
        _cleanup_free_ char *problem = NULL;
        if (wants_signatures(sys))
                rpmtsSetVfyLevel(ts, RPMSIG_VERIFIABLE_TYPE);
        rpmtsSetNotifyCallback(ts, notify, (void *)request->progress);
        rpmtsOrder(ts);
        int rc = rpmtsRun(ts, NULL, filter);
        if (rc == 0 && !rpm_said())
                return 0;
        if (rpm_problems(ts, -EIO, KEPT, &type, &problem) < 0)
                return fail(why, error_of(type), "%s", problem);
        const char *said = rpm_said() ? rpm_said() : _("rpm did not finish");
        if (strstr(said, "transaction lock"))
                return fail(why, -EAGAIN, "%s", said);
        return fail(why, strstr(said, "No space left") ? -ENOSPC : -EIO, "%s: %s", request->name,
                    said);
}

int rpm_files_simulate(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        _cleanup_rpm_files_ struct rpm_files files = { 0 };
        int r = rpm_files_prepare(sys, &ts, &files, request, out, why);
        if (r == 0)
                list_changes(ts, &files, request, out);
        return r;
}

static int install(const struct sys *sys, const struct package_request *request,
                   rpmprobFilterFlags filter, struct package_result *out, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        _cleanup_rpm_files_ struct rpm_files files = { 0 };
        int r = rpm_wait_lock(sys, request, out, why);
        if (r == 0)
                r = rpm_files_prepare(sys, &ts, &files, request, out, why);
        if (r == 0)
                r = run(sys, ts, request, filter, why);
        if (r < 0)
                return r;
        r = rpm_installed(request->name, request->version, why);
        return r == 1 ? 0 : r < 0 ? r : fail(why, -EIO, "%s is not installed", request->name);
}

int rpm_files_install(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why)
{
        return install(sys, request, RPMPROB_FILTER_NONE, out, why);
}

int rpm_files_reinstall(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why)
{
        return install(sys, request,
                       RPMPROB_FILTER_REPLACEPKG | RPMPROB_FILTER_REPLACENEWFILES |
                               RPMPROB_FILTER_REPLACEOLDFILES,
                       out, why);
}
