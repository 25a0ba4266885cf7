/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All signature files below a directory, and what is wrong with them. */
#include "connector/signatures.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

#include "connector/paths.h"
#include "connector/signatures_prove.h"
#include "lib/conf.h"
#include "lib/i18n.h"
#include "lib/plugin.h"
#include "lib/stop.h"

#define PERCENT_DEFAULT 550 /* ClamAV's figure, see the header */
#define DEPTH_MAX 8
#define FILES_MAX 256
#define ENTRIES_MAX 100000
#define SUFFIX ".cvd"
#define SUM_AT_LEAST_MS 2000

struct walk {
        const struct sys *sys;
        struct signatures *out;
        dev_t device;
        unsigned entries;
};

static struct signature *signature_add(struct signatures *all, const char *path,
                                       const struct stat *st)
{
        struct signature *s;

        all->files = xreallocarray(all->files, all->n + 1, sizeof(*all->files));
        s = &all->files[all->n++];
        *s = (struct signature){ .path = xstrdup(path), .st = *st };
        if (S_ISREG(st->st_mode) && __builtin_add_overflow(all->size, st->st_size, &all->size))
                all->size = INT64_MAX;
        return s;
}

static int walk_directory(struct walk *w, const char *path, int depth, char **why);

static int walk_entry(struct walk *w, const char *path, int depth, char **why)
{
        size_t n = strlen(path);
        struct stat st;
        int r = sys_lstat_nolinks(w->sys, path, &st);

        if (r == -ENOENT || r == -ENOTDIR)
                return 0; /* gone meanwhile */
        if (r < 0)
                return fail(why, r, "%s: %s", path, error_text(-r));
        if (n > strlen(SUFFIX) && streq(path + n - strlen(SUFFIX), SUFFIX)) {
                if (w->out->n == FILES_MAX)
                        return fail(why, -E2BIG, "more than %d signature files", FILES_MAX);
                signature_add(w->out, path, &st);
                return 0;
        }
        /* tmp.X/: an update under way, whose files are no signatures yet */
        if (!S_ISDIR(st.st_mode) || startswith(strrchr(path, '/'), "/tmp.") ||
            st.st_dev != w->device || depth == DEPTH_MAX)
                return 0;
        return walk_directory(w, path, depth + 1, why);
}

static int walk_directory(struct walk *w, const char *path, int depth, char **why)
{
        _cleanup_close_ int fd = sys_openat_nolinks(w->sys, path, O_RDONLY | O_DIRECTORY, 0);
        _cleanup_closedir_ DIR *dir = NULL;
        int r = 0;

        if (fd < 0)
                return fd == -ENOENT || fd == -ENOTDIR
                               ? 0
                               : fail(why, fd, "%s: %s", path, error_text(-fd));
        dir = fdopendir(fd);
        if (!dir)
                return fail(why, -errno, "%s: %s", path, error_text(errno));
        (void)TAKE_FD(fd);
        for (struct dirent *e; r == 0 && (e = readdir(dir));) {
                _cleanup_free_ char *below = xasprintf("%s/%s", path, e->d_name);

                if (streq(e->d_name, ".") || streq(e->d_name, ".."))
                        continue;
                if (++w->entries > ENTRIES_MAX)
                        return fail(why, -E2BIG, "%s: too many files to look at", path);
                r = walk_entry(w, below, depth, why);
        }
        return r;
}

static void judge(struct signature *s, enum signature_state state, char *wrong)
{
        s->state = state;
        free(s->wrong);
        s->wrong = wrong;
}

static const char *kind_of_file(mode_t mode)
{
        return S_ISLNK(mode)   ? _("a symlink")
               : S_ISDIR(mode) ? _("a directory")
                               : _("not a regular file");
}

static int head_read(int fd, struct cvd_header *out, char **why)
{
        char head[CVD_HEADER_SIZE];
        ssize_t n = pread(fd, head, sizeof(head), 0);

        if (n < 0)
                return fail(why, -errno, "it cannot be read: %s", error_text(errno));
        return cvd_parse(head, (size_t)n, out, why);
}

/* What it was a moment ago it may be no longer. */
static int file_open(const struct sys *sys, const char *path)
{
        _cleanup_close_ int fd = sys_openat_nolinks(sys, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
        struct stat st;

        if (fd < 0)
                return fd == -EINVAL ? -ESTALE : fd;
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > CVD_SIZE_MAX)
                return -ESTALE;
        return TAKE_FD(fd);
}

static void judge_file(const struct sys *sys, struct signature *s)
{
        _cleanup_close_ int fd = -1;
        char *why = NULL;
        int r;

        if (!S_ISREG(s->st.st_mode))
                return judge(s, SIGNATURE_BAD,
                             xasprintf(_("it is %s"), kind_of_file(s->st.st_mode)));
        if (s->st.st_size > CVD_SIZE_MAX)
                return judge(
                        s, SIGNATURE_BAD,
                        xasprintf(_("it is far too large (%jd bytes)"), (intmax_t)s->st.st_size));
        fd = file_open(sys, s->path);
        if (fd < 0) /* what is wrong is not known to be the file */
                return judge(s, SIGNATURE_UNKNOWN,
                             xasprintf(_("it cannot be read: %s"), error_text(-fd)));
        r = head_read(fd, &s->header, &why);
        if (r < 0)
                return judge(s, r == -EBADMSG ? SIGNATURE_BAD : SIGNATURE_UNKNOWN, why);
        if (s->st.st_size == CVD_HEADER_SIZE)
                judge(s, SIGNATURE_BAD, xstrdup(_("nothing follows its header")));
}

static void judge_digest(const struct sys *sys, struct signature *s,
                         const struct digest_api *digest, const struct digest_limit *limit)
{
        _cleanup_close_ int fd = file_open(sys, s->path);
        char *why = NULL;

        if (fd < 0 || !digest || digest->md5(fd, CVD_HEADER_SIZE, limit, s->md5, &why) < 0)
                judge(s, SIGNATURE_UNKNOWN,
                      why ? why : xstrdup(_("its MD5 could not be computed")));
        else if (!streq(s->md5, s->header.md5))
                judge(s, SIGNATURE_BAD,
                      xasprintf(_("its MD5 is %s, its header says %s"), s->md5, s->header.md5));
}

void signatures_sum(const struct sys *sys, struct signatures *all)
{
        int64_t least = now_ms() + SUM_AT_LEAST_MS;
        const struct digest_limit limit = { .until = sys->deadline > least ? sys->deadline : least,
                                            .stopped = stop_asked };
        const void *digest = NULL;

        if (all->n && plugin_open("digest", "secep_digest", &digest, &all->note) < 0)
                digest = NULL;
        for (size_t i = 0; i < all->n; i++)
                if (all->files[i].state == SIGNATURE_GOOD)
                        judge_digest(sys, &all->files[i], digest, &limit);
}

static int by_path(const void *a, const void *b)
{
        return strcmp(((const struct signature *)a)->path, ((const struct signature *)b)->path);
}

static void judge_all(const struct sys *sys, struct signatures *all)
{
        if (all->n == 0)
                return;
        qsort(all->files, all->n, sizeof(*all->files), by_path);
        for (size_t i = 0; i < all->n; i++)
                judge_file(sys, &all->files[i]);
        if (sys->depth == DEPTH_PROVE) {
                signatures_sum(sys, all);
                signatures_prove(sys, all);
        } else {
                all->note = xstrdup(_("MD5 sums and digital signatures of the signature files were "
                                      "not verified; --prove verifies them"));
        }
}

int signatures_read(const struct sys *sys, struct signatures *out, char **why)
{
        const char *top = connector_path(sys, PATH_SIGNATURES);
        struct signatures all = { 0 };
        struct walk w = { .sys = sys, .out = &all };
        struct stat st;
        int r = sys_lstat_nolinks(sys, top, &st);

        if (r == 0) {
                w.device = st.st_dev;
                r = walk_directory(&w, top, 0, why);
        } else if (r == -ENOENT || r == -ENOTDIR) {
                r = 0;
        } else {
                fail(why, r, "%s: %s", top, error_text(-r));
        }
        if (r < 0) {
                signatures_free(&all);
                return r;
        }
        judge_all(sys, &all);
        *out = all;
        return 0;
}

void signatures_free(struct signatures *s)
{
        for (size_t i = 0; i < s->n; i++) {
                free(s->files[i].path);
                free(s->files[i].wrong);
        }
        free(s->files);
        free(s->note);
        *s = (struct signatures){ 0 };
}

char *signature_identity(const struct stat *st)
{
        return xasprintf("%ju:%jd:%jd.%09ld", (uintmax_t)st->st_ino, (intmax_t)st->st_size,
                         (intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

int64_t signatures_memory_needed(const struct sys *sys, int64_t size)
{
        int64_t needed = size / 100;

        /* a sparse file says any size */
        return __builtin_mul_overflow(
                       needed, conf_long(sys, "SignatureMemoryPercent", PERCENT_DEFAULT), &needed)
                       ? INT64_MAX
                       : needed;
}
