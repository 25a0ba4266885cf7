/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --offline DIR: the package asked for and those it needs, out of the files there, in one librpm
 * transaction. Digests are verified before anything is unpacked, and signatures as rpm's own
 * configuration (and dnf's localpkg_gpgcheck) says. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmds.h>
#include <rpm/rpmfi.h>
#include <rpm/rpmkeyring.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmps.h>
#include <sys/stat.h>

#include "lib/util.h"
#include "packages/rpm-db.h"

#define KEPT "nothing is installed"
#define DNF_CONF_MAX ((size_t)64 * 1024)

struct file {
        char *path;
        Header header;
        bool chosen;
};

struct files {
        struct file *items;
        size_t n;
};

static void files_free(struct files *files)
{
        for (size_t i = 0; i < files->n; i++) {
                free(files->items[i].path);
                headerFree(files->items[i].header);
        }
        free(files->items);
        *files = (struct files){ 0 };
}
#define _cleanup_files_ _cleanup_(files_free)

static int read_file(rpmts ts, int dir_fd, const char *name, struct file *file, char **why)
{
        _cleanup_close_ int fd = openat(dir_fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        struct stat st;
        if (fd < 0 || fstat(fd, &st) < 0)
                return fail(why, -errno, "%s: %m", file->path);
        if (!S_ISREG(st.st_mode))
                return fail(why, -EBADMSG, "%s: not a regular file", file->path);
        FD_t rfd = fdDup(fd);
        rpmRC rc = rfd ? rpmReadPackageFile(ts, rfd, file->path, &file->header) : RPMRC_FAIL;
        if (rfd)
                Fclose(rfd);
        if ((rc == RPMRC_OK || rc == RPMRC_NOTTRUSTED || rc == RPMRC_NOKEY) && file->header)
                return 0;
        return fail(why, -EBADMSG, "%s: damaged, cut off or no rpm package%s%s%s", file->path,
                    rpm_said() ? " (" : "", rpm_said() ? rpm_said() : "", rpm_said() ? ")" : "");
}

static int files_read(const struct sys *sys, rpmts ts, struct files *out, char **why)
{
        _cleanup_closedir_ DIR *dir = opendir(sys->offline_dir);
        if (!dir)
                return fail(why, -errno, "%s: %m", sys->offline_dir);
        int r = 0;
        for (struct dirent *e; r == 0 && (e = readdir(dir));) {
                size_t n = strlen(e->d_name);
                if (n <= 4 || !streq(e->d_name + n - 4, ".rpm"))
                        continue;
                out->items = xreallocarray(out->items, out->n + 1, sizeof(*out->items));
                struct file *file = &out->items[out->n++];
                *file = (struct file){ xasprintf("%s/%s", sys->offline_dir, e->d_name), NULL,
                                       false };
                r = read_file(ts, dirfd(dir), e->d_name, file, why);
        }
        return r;
}

/* --- choosing --- */

static bool provides(Header h, const char *name, const char *evr, rpmsenseFlags flags)
{
        rpmds want = rpmdsSingle(RPMTAG_REQUIRENAME, name, evr, flags);
        rpmds have = rpmdsNew(h, RPMTAG_PROVIDENAME, 0);
        bool found = false;
        while (!found && rpmdsNext(have) >= 0)
                found = rpmdsCompare(have, want) == 1;
        rpmdsFree(have);
        rpmdsFree(want);
        if (found || *name != '/')
                return found;
        rpmfiles list = rpmfilesNew(NULL, h, 0, RPMFI_KEEPHEADER);
        found = list && rpmfilesFindFN(list, name) >= 0;
        rpmfilesFree(list);
        return found;
}

static rpmsenseFlags sense_of(const char *op)
{
        return (strchr(op, '<') ? RPMSENSE_LESS : 0) | (strchr(op, '>') ? RPMSENSE_GREATER : 0) |
               (strchr(op, '=') ? RPMSENSE_EQUAL : 0);
}

/* "name", or "name >= version": the first file that has it. */
static bool choose_for(struct files *files, const char *requirement)
{
        char name[512], op[8] = "", evr[256] = "";
        if (sscanf(requirement, "%511s %7s %255s", name, op, evr) < 1)
                return false;
        for (size_t i = 0; i < files->n; i++) {
                struct file *file = &files->items[i];
                if (file->chosen || !provides(file->header, name, evr, sense_of(op)))
                        continue;
                file->chosen = true;
                return true;
        }
        return false;
}

/* One round: for each thing missing, a file that has it. */
static bool choose_missing(rpmts ts, struct files *files)
{
        bool chosen = false;
        rpmps ps = rpmtsProblems(ts);
        rpmpsi psi = rpmpsInitIterator(ps);
        for (rpmProblem p; (p = rpmpsiNext(psi));)
                if (rpmProblemGetType(p) == RPMPROB_REQUIRES && rpmProblemGetStr(p))
                        chosen |= choose_for(files, rpmProblemGetStr(p));
        rpmpsFreeIterator(psi);
        rpmpsFree(ps);
        return chosen;
}

/* Kernels stand beside each other; what they need replaces its older versions. */
static int add_chosen(rpmts ts, const struct files *files, const struct package_request *request,
                      char **why)
{
        rpmtsEmpty(ts);
        for (size_t i = 0; i < files->n; i++) {
                const struct file *file = &files->items[i];
                bool asked = streq(headerGetString(file->header, RPMTAG_NAME), request->name);
                if (file->chosen &&
                    rpmtsAddInstallElement(ts, file->header, file->path, !asked, NULL) != 0)
                        return fail(why, -EBADMSG, "%s: rpm does not take it", file->path);
        }
        return 0;
}

static int resolve(rpmts ts, struct files *files, const struct package_request *request, char **why)
{
        _cleanup_free_ char *cannot = xasprintf("%s cannot be installed", request->name);
        int r;
        do {
                r = add_chosen(ts, files, request, why);
                if (r < 0)
                        return r;
                rpmtsCheck(ts);
        } while (choose_missing(ts, files));
        return rpm_problems(ts, -ENOTUNIQ, cannot, NULL, why);
}

static int choose_asked(const struct sys *sys, struct files *files,
                        const struct package_request *request, struct package_result *out,
                        char **why)
{
        for (size_t i = 0; i < files->n; i++) {
                Header h = files->items[i].header;
                const char *name = headerGetString(h, RPMTAG_NAME);
                _cleanup_free_ char *evr = rpm_evr(h);
                if (!streq(name, request->name) || !rpm_version_fits(request->version, evr))
                        continue;
                files->items[i].chosen = true;
                return 0;
        }
        out->cause = xstrdup("package-gone");
        return fail(why, -ENOENT, "%s%s%s is not in %s", request->name,
                    request->version && *request->version ? "-" : "",
                    request->version ? request->version : "", sys->offline_dir);
}

/* The version NAME has now where FILE would replace it, malloc'ed. */
static char *old_version(rpmts ts, const char *name)
{
        rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_NAME, name, 0);
        Header h = mi ? rpmdbNextIterator(mi) : NULL;
        char *evr = h ? rpm_evr(h) : NULL;
        rpmdbFreeIterator(mi);
        return evr;
}

static void list_changes(rpmts ts, const struct files *files, const struct package_request *request,
                         struct package_result *out)
{
        for (size_t i = 0; i < files->n; i++) {
                if (!files->items[i].chosen)
                        continue;
                const char *name = headerGetString(files->items[i].header, RPMTAG_NAME);
                bool asked = streq(name, request->name);
                _cleanup_free_ char *evr = rpm_evr(files->items[i].header),
                                    *nevr = xasprintf("%s-%s", name, evr),
                                    *old = asked ? NULL : old_version(ts, name);
                package_result_add(out, nevr, evr, old);
        }
}

/* --- installing --- */

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
        const char *said = rpm_said() ? rpm_said() : "rpm did not finish";
        if (strstr(said, "transaction lock"))
                return fail(why, -EAGAIN, "%s", said);
        return fail(why, strstr(said, "No space left") ? -ENOSPC : -EIO, "%s: %s", request->name,
                    said);
}

static int prepare(const struct sys *sys, rpmts *ts, struct files *files,
                   const struct package_request *request, struct package_result *out, char **why)
{
        int r = rpm_open(ts, why);
        if (r == 0)
                r = files_read(sys, *ts, files, why);
        if (r == 0)
                r = choose_asked(sys, files, request, out, why);
        if (r == 0)
                r = resolve(*ts, files, request, why);
        return r;
}

int rpm_files_simulate(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        _cleanup_files_ struct files files = { 0 };
        int r = prepare(sys, &ts, &files, request, out, why);
        if (r == 0)
                list_changes(ts, &files, request, out);
        return r;
}

static int install(const struct sys *sys, const struct package_request *request,
                   rpmprobFilterFlags filter, struct package_result *out, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        _cleanup_files_ struct files files = { 0 };
        int r = rpm_wait_lock(sys, request, out, why);
        if (r == 0)
                r = prepare(sys, &ts, &files, request, out, why);
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
