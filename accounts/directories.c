/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk over the connector's directories. */
#include "accounts/accounts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "accounts/expected.h"
#include "accounts/links.h"
#include "lib/i18n.h"
#include "lib/util.h"

#define DEPTH_LIMIT 32
#define NUMBER_LIMIT 20000
#define NOTES_LIMIT 20
#define ENTRIES_LIMIT 1000000 /* files included */

struct walk {
        const struct sys *sys;
        const struct expected *expected;
        struct directories *out;
        struct stat start;
        uint64_t mount; /* id of the mount the walk began on, 0: not known */
        unsigned depth; /* components of the directory walked */
        unsigned entries;
};

static void note(struct walk *w, const char *path, const char *what)
{
        if (strv_length(w->out->notes) >= NOTES_LIMIT)
                return;
        _cleanup_free_ char *text = xasprintf("%s %s", path, what);
        strv_add(&w->out->notes, text);
}

static void untold(struct directories *out, int error, const char *path, const char *what)
{
        if (out->error)
                return;
        out->error = error;
        out->untold = xasprintf("%s: %s", path, what);
}

static uint64_t mount_id(int fd)
{
#ifdef STATX_MNT_ID
        struct statx st;
        if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) == 0 && (st.stx_mask & STATX_MNT_ID))
                return st.stx_mnt_id;
#else
        (void)fd;
#endif
        return 0;
}

static void judge(struct walk *w, const char *path, const struct stat *st, bool foreign)
{
        struct directory d = {
                .mode = st->st_mode & 07777,
                .uid = st->st_uid,
                .gid = st->st_gid,
                .foreign = foreign,
        };
        w->out->seen++;
        if (!expected_of(w->expected, path, &d)) {
                note(w, path, _("is left as it is (KeepMode)"));
                return;
        }
        bool rule = d.mode == 0755 && d.uid == 0 && d.gid == 0;
        if (rule || (d.mode == d.want_mode && d.uid == d.want_uid && d.gid == d.want_gid)) {
                free(d.want_by);
                return;
        }
        d.path = xstrdup(path);
        w->out->items = xreallocarray(w->out->items, w->out->n + 1, sizeof(d));
        w->out->items[w->out->n++] = d;
}

static void see_link(struct walk *w, int dir, const char *name, const char *path)
{
        char target[PATH_MAX];
        ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);
        if (n < 0 || w->sys->live)
                return;
        target[n] = '\0';
        if (link_climbs_out(target, w->depth))
                untold(w->out, -ELOOP, path,
                       _("a symbolic link that leads out of the root, not followed"));
}

static void walk_directory(struct walk *w, int fd, const char *path);

/* NAME is a directory of DIR, or was a moment ago. */
static void see_directory(struct walk *w, int dir, const char *name, const char *path)
{
        _cleanup_close_ int fd =
                openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        int error = fd < 0 ? errno : 0;
        struct stat st;
        if (fd < 0 ? fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 : fstat(fd, &st) < 0)
                return;
        if (S_ISLNK(st.st_mode))
                see_link(w, dir, name, path);
        if (!S_ISDIR(st.st_mode))
                return;
        if (st.st_dev != w->start.st_dev || (fd >= 0 && mount_id(fd) != w->mount)) {
                note(w, path, _("is another file system and was not looked at"));
                return;
        }
        judge(w, path, &st, false);
        if (fd < 0)
                untold(w->out, -error, path, error_text(error));
        else if (w->depth + 1 >= DEPTH_LIMIT || w->out->seen >= NUMBER_LIMIT)
                untold(w->out, -E2BIG, path, _("too many directories, not all were looked at"));
        else {
                w->depth++;
                walk_directory(w, fd, path);
                w->depth--;
        }
}

static void see_entry(struct walk *w, int dir, const struct dirent *e, const char *path)
{
        if (e->d_type == DT_LNK)
                see_link(w, dir, e->d_name, path);
        else if (e->d_type == DT_DIR || e->d_type == DT_UNKNOWN)
                see_directory(w, dir, e->d_name, path);
}

static bool is_dot(const char *name)
{
        return streq(name, ".") || streq(name, "..");
}

static DIR *list(int fd)
{
        int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = copy < 0 ? NULL : fdopendir(copy);
        if (!dir && copy >= 0)
                close(copy);
        return dir;
}

static void walk_directory(struct walk *w, int fd, const char *path)
{
        _cleanup_closedir_ DIR *dir = list(fd);
        if (!dir) {
                untold(w->out, -errno, path, error_text(errno));
                return;
        }
        struct dirent *e;
        while ((e = readdir(dir))) {
                if (is_dot(e->d_name))
                        continue;
                if (++w->entries > ENTRIES_LIMIT) {
                        untold(w->out, -E2BIG, path, _("too many files, not all were looked at"));
                        return;
                }
                _cleanup_free_ char *child = xasprintf("%s/%s", path, e->d_name);
                see_entry(w, dirfd(dir), e, child);
        }
}

/* Directories of other products beside ours. */
static void see_others(struct walk *w, int fd, const char *top, const char *own)
{
        _cleanup_closedir_ DIR *dir = list(fd);
        struct dirent *e;
        while (dir && (e = readdir(dir))) {
                struct stat st;
                if (is_dot(e->d_name) || streq(e->d_name, own) ||
                    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
                    !S_ISDIR(st.st_mode))
                        continue;
                _cleanup_free_ char *path = xasprintf("%s/%s", top, e->d_name);
                judge(w, path, &st, true);
        }
}

/* Opens one of the directories that must be directories: fd, -ENOENT, or told in w->out. */
static int open_start(struct walk *w, const char *path)
{
        int fd = sys_openat_nolinks(w->sys, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);
        if (fd < 0) {
                struct stat st;
                if (fd == -EACCES && sys_lstat_nolinks(w->sys, path, &st) == 0)
                        judge(w, path, &st, false);
                if (fd != -ENOENT)
                        untold(w->out, fd, path,
                               fd == -ELOOP     ? _("a symbolic link on the way, not followed")
                               : fd == -ENOTDIR ? "not a directory"
                                                : error_text(-fd));
                return fd;
        }
        if (fstat(fd, &w->start) < 0) {
                int error = errno;
                close(fd);
                return -error;
        }
        w->mount = mount_id(fd);
        judge(w, path, &w->start, false);
        return fd;
}

static int compare_paths(const void *a, const void *b)
{
        return strcmp(((const struct directory *)a)->path, ((const struct directory *)b)->path);
}

int directories_read(const struct sys *sys, const char *top, const char *own,
                     struct directories *out, char **why)
{
        _cleanup_expected_ struct expected expected = { .keep = NULL };
        _cleanup_directories_ struct directories d = { .items = NULL };
        int r = expected_read(sys, &expected, why);
        if (r < 0)
                return r;
        struct walk w = { .sys = sys, .expected = &expected, .out = &d };
        _cleanup_close_ int top_fd = open_start(&w, top);
        if (top_fd >= 0) {
                see_others(&w, top_fd, top, own);
                _cleanup_free_ char *path = xasprintf("%s/%s", top, own);
                _cleanup_close_ int fd = open_start(&w, path);
                w.depth = path_components(path);
                if (fd >= 0)
                        walk_directory(&w, fd, path);
        }
        if (d.n > 0)
                qsort(d.items, d.n, sizeof(*d.items), compare_paths);
        *out = d;
        d = (struct directories){ .items = NULL };
        return 0;
}

void directories_free(struct directories *d)
{
        for (size_t i = 0; i < d->n; i++) {
                free(d->items[i].path);
                free(d->items[i].want_by);
        }
        free(d->items);
        strv_free(d->notes);
        free(d->untold);
        *d = (struct directories){ .items = NULL };
}
