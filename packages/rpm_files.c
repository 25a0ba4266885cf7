/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Package files of --offline: read, and those chosen that are needed. */
#include <dirent.h>
#include <errno.h>
#include <rpm/rpmcli.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmds.h>
#include <rpm/rpmfi.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmps.h>

#include "lib/i18n.h"
#include "lib/util.h"
#include "packages/offline.h"
#include "packages/rpm_files.h"

void rpm_files_free(struct rpm_files *files)
{
        for (size_t i = 0; i < files->n; i++) {
                free(files->items[i].path);
                headerFree(files->items[i].header);
        }
        free(files->items);
        *files = (struct rpm_files){ 0 };
}
/* Is it signed, and by a key that rpm's keyring has? RC is what reading it said, which is well of a
 * package without a signature, too. */
static bool is_signed(rpmts ts, int fd, const struct rpm_file *file, rpmRC rc)
{
        static const rpmTagVal tags[] = { RPMTAG_RSAHEADER, RPMTAG_DSAHEADER };
        struct rpmQVKArguments_s how = { 0 };
        bool has = false;
        for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
                has = has || headerIsEntry(file->header, tags[i]);
        if (rc != RPMRC_OK || !has || lseek(fd, 0, SEEK_SET) < 0)
                return false;
        int level = rpmtsVfyLevel(ts);
        rpmtsSetVfyLevel(ts, RPMSIG_VERIFIABLE_TYPE);
        FD_t rfd = fdDup(fd);
        bool good = rfd && rpmVerifySignatures(&how, ts, rfd, file->path) == 0;
        if (rfd)
                Fclose(rfd);
        rpmtsSetVfyLevel(ts, level);
        return good;
}

static int read_file(const struct sys *sys, rpmts ts, int dir_fd, const char *name,
                     struct rpm_file *file, char **why)
{
        char sum[65];
        _cleanup_close_ int fd = -1;
        int vouched = offline_open(sys, dir_fd, name, file->path, &fd, sum, why);
        if (vouched < 0)
                return vouched;
        FD_t rfd = fdDup(fd);
        rpmRC rc = rfd ? rpmReadPackageFile(ts, rfd, file->path, &file->header) : RPMRC_FAIL;
        if (rfd)
                Fclose(rfd);
        if ((rc != RPMRC_OK && rc != RPMRC_NOTTRUSTED && rc != RPMRC_NOKEY) || !file->header)
                return fail(why, -EBADMSG, "%s: damaged, cut off or no rpm package%s%s%s",
                            file->path, rpm_said() ? " (" : "", rpm_said() ? rpm_said() : "",
                            rpm_said() ? ")" : "");
        if (vouched || is_signed(ts, fd, file, rc))
                return 0;
        return offline_refuse(file->path, _("no key in rpm's keyring"), why);
}

static int files_read(const struct sys *sys, rpmts ts, struct rpm_files *out, char **why)
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
                struct rpm_file *file = &out->items[out->n++];
                *file = (struct rpm_file){ xasprintf("%s/%s", sys->offline_dir, e->d_name), NULL,
                                           false };
                r = read_file(sys, ts, dirfd(dir), e->d_name, file, why);
        }
        return r;
}

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
static bool choose_for(struct rpm_files *files, const char *requirement)
{
        char name[512], op[8] = "", evr[256] = "";
        if (sscanf(requirement, "%511s %7s %255s", name, op, evr) < 1)
                return false;
        for (size_t i = 0; i < files->n; i++) {
                struct rpm_file *file = &files->items[i];
                if (file->chosen || !provides(file->header, name, evr, sense_of(op)))
                        continue;
                file->chosen = true;
                return true;
        }
        return false;
}

/* One round: for each thing missing, a file that has it. */
static bool choose_missing(rpmts ts, struct rpm_files *files)
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

bool rpm_stands_beside(Header h, const struct package_request *request)
{
        const char *name = headerGetString(h, RPMTAG_NAME);
        return (streq(name, request->name) && startswith(name, "kernel")) ||
               provides(h, "installonlypkg(kernel)", "", 0) ||
               provides(h, "installonlypkg(kernel-module)", "", 0);
}

static int add(const struct sys *sys, rpmts ts, const struct rpm_file *file, bool replaces)
{
        int r = rpmtsAddInstallElement(ts, file->header, file->path, replaces, NULL);
        if (r != 0 && rpm_without_plugins(sys, ts))
                r = rpmtsAddInstallElement(ts, file->header, file->path, replaces, NULL);
        return r;
}

static int add_chosen(const struct sys *sys, rpmts ts, const struct rpm_files *files,
                      const struct package_request *request, char **why)
{
        rpmtsEmpty(ts);
        for (size_t i = 0; i < files->n; i++) {
                const struct rpm_file *file = &files->items[i];
                if (file->chosen &&
                    add(sys, ts, file, !rpm_stands_beside(file->header, request)) != 0)
                        return fail(why, -EBADMSG, "%s: rpm rejects it", file->path);
        }
        return 0;
}

static int resolve(const struct sys *sys, rpmts ts, struct rpm_files *files,
                   const struct package_request *request, char **why)
{
        _cleanup_free_ char *cannot = xasprintf(_("%s cannot be installed"), request->name);
        int r;
        do {
                r = add_chosen(sys, ts, files, request, why);
                if (r < 0)
                        return r;
                rpmtsCheck(ts);
        } while (choose_missing(ts, files));
        return rpm_problems(ts, -ENOTUNIQ, cannot, NULL, why);
}

static int choose_asked(const struct sys *sys, struct rpm_files *files,
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

int rpm_files_offer(const struct sys *sys, const char *arch, struct package_result *out, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        _cleanup_rpm_files_ struct rpm_files files = { 0 };
        int r = rpm_open(&ts, why);
        if (r == 0)
                r = files_read(sys, ts, &files, why);
        for (size_t i = 0; r == 0 && i < files.n; i++) {
                Header h = files.items[i].header;
                const char *own = headerGetString(h, RPMTAG_ARCH);
                _cleanup_free_ char *evr = rpm_evr(h);
                if (own && (streq(own, arch) || streq(own, "noarch")))
                        package_result_add(out, headerGetString(h, RPMTAG_NAME), evr, NULL);
        }
        return r;
}

int rpm_files_provider(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why)
{
        char name[512], op[8] = "", evr[256] = "";
        _cleanup_ts_ rpmts ts = NULL;
        _cleanup_rpm_files_ struct rpm_files files = { 0 };
        int r = rpm_open(&ts, why);
        if (r == 0)
                r = files_read(sys, ts, &files, why);
        if (r < 0 || sscanf(request->name, "%511s %7s %255s", name, op, evr) < 1)
                return r;
        for (size_t i = 0; i < files.n; i++) {
                Header h = files.items[i].header;
                _cleanup_free_ char *version = rpm_evr(h);
                if (provides(h, name, evr, sense_of(op)))
                        package_result_add(out, headerGetString(h, RPMTAG_NAME), version, NULL);
        }
        return 0;
}

int rpm_files_prepare(const struct sys *sys, rpmts *ts, struct rpm_files *files,
                      const struct package_request *request, struct package_result *out, char **why)
{
        int r = rpm_open(ts, why);
        if (r == 0)
                r = files_read(sys, *ts, files, why);
        if (r == 0)
                r = choose_asked(sys, files, request, out, why);
        if (r == 0)
                r = resolve(sys, *ts, files, request, why);
        return r;
}
