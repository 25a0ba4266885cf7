/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rename(2), or a copy and unlink(2). */
#include "lib/move.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>

#include "lib/edit.h"
#include "lib/io.h"
#include "lib/resolve.h"
#include "lib/util.h"

#define CHUNK ((size_t)256 * 1024)
#define TEMPORARY ".secep-moved"

struct place {
        int dir;
        const char *name;
};

static int copy_bytes(int from, int to)
{
        _cleanup_free_ char *buf = xcalloc(CHUNK, 1);

        for (;;) {
                ssize_t n = read(from, buf, CHUNK);
                int r;

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return n < 0 ? -errno : 0;
                r = io_write_all(to, buf, (size_t)n);
                if (r < 0)
                        return r;
        }
}

static int copy_times(int from, int to)
{
        struct stat st;

        if (fstat(from, &st) < 0)
                return -errno;
        return futimens(to, (struct timespec[2]){ st.st_atim, st.st_mtim }) < 0 ? -errno : 0;
}

static int copy_open(const struct place *from, int *out)
{
        _cleanup_close_ int fd = sys_open_entry(from->dir, from->name, O_RDONLY);
        struct stat st;

        if (fd < 0)
                return fd == -EINVAL ? -EXDEV : fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EXDEV;
        *out = TAKE_FD(fd);
        return 0;
}

struct copy {
        int fd;
        bool named; /* as TEMPORARY; else it has no name yet */
};

/* Without a name a copy that is cut off leaves nothing; not every file system has such files. */
static int copy_create(const struct place *to, struct copy *out)
{
        int fd = openat(to->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
        bool named = fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT);

        if (named) {
                unlinkat(to->dir, TEMPORARY, 0); /* of a move that was cut off */
                fd = openat(to->dir, TEMPORARY,
                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        }
        if (fd < 0)
                return -errno;
        *out = (struct copy){ fd, named };
        return 0;
}

static int copy_name(const struct copy *copy, const struct place *to)
{
        int r = copy->named ? renameat2(to->dir, TEMPORARY, to->dir, to->name, RENAME_NOREPLACE)
                            : linkat(copy->fd, "", to->dir, to->name, AT_EMPTY_PATH);

        return r < 0 || fsync(to->dir) < 0 ? -errno : 0;
}

/* Another file may have that name by now. */
static int source_remove(const struct place *from, int fd)
{
        struct stat copied, there;

        if (fstat(fd, &copied) < 0)
                return -errno;
        if (fstatat(from->dir, from->name, &there, AT_SYMLINK_NOFOLLOW) < 0 ||
            there.st_ino != copied.st_ino || there.st_dev != copied.st_dev)
                return 0;
        return unlinkat(from->dir, from->name, 0) < 0 ? -errno : 0;
}

static int copy_fill(int in, int out)
{
        int r = copy_bytes(in, out);

        if (r == 0)
                r = edit_copy_metadata(in, out);
        if (r == 0)
                r = copy_times(in, out);
        return r == 0 && fsync(out) < 0 ? -errno : r;
}

static int copy_across(const struct place *from, const struct place *to)
{
        _cleanup_close_ int in = -1, out = -1;
        struct copy copy = { -1, false };
        int r = copy_open(from, &in);

        if (r == 0)
                r = copy_create(to, &copy);
        if (r < 0)
                return r;
        out = copy.fd;
        r = copy_fill(in, out);
        if (r == 0)
                r = copy_name(&copy, to);
        if (r < 0 && copy.named)
                unlinkat(to->dir, TEMPORARY, 0);
        if (r < 0)
                return r;
        r = source_remove(from, in);
        if (r < 0) /* immutable, or its directory is: each try would leave one more copy */
                unlinkat(to->dir, to->name, 0);
        return r;
}

/* A rename that may not outlast a crash is taken back: who is told of an error finds the file where
 * it was. Where that fails too, it has moved. */
static int rename_synced(const struct place *from, const struct place *to)
{
        int r;

        if (renameat2(from->dir, from->name, to->dir, to->name, RENAME_NOREPLACE) < 0)
                return -errno;
        if (fsync(to->dir) == 0 && fsync(from->dir) == 0)
                return 0;
        r = -errno;
        if (renameat2(to->dir, to->name, from->dir, from->name, RENAME_NOREPLACE) < 0)
                return 0;
        return r;
}

static int move_at(const struct place *from, const struct place *to)
{
        int r = rename_synced(from, to);

        if (r != -EXDEV)
                return r;
        r = copy_across(from, to);
        if (r == 0) /* the copy is on disk: at worst a crash leaves both */
                (void)fsync(from->dir);
        return r;
}

int move_file(const struct sys *sys, const char *from, const char *to, char **why)
{
        struct place source, target;
        _cleanup_close_ int source_dir =
                resolve_parent(sys->root_fd, from, RESOLVE_LINKS_NONE, &source.name);
        _cleanup_close_ int target_dir =
                resolve_parent(sys->root_fd, to, RESOLVE_LINKS_NONE, &target.name);
        int r;

        if (source_dir < 0)
                return fail(why, source_dir, "%s: %s", from, error_text(-source_dir));
        if (target_dir < 0)
                return fail(why, target_dir, "%s: %s", to, error_text(-target_dir));
        source.dir = source_dir;
        target.dir = target_dir;
        r = move_at(&source, &target);
        return r < 0 ? fail(why, r, "%s cannot be moved to %s: %s", from, to, error_text(-r)) : 0;
}

static bool same_but_inode(const struct stat *a, const struct stat *b)
{
        return S_ISREG(a->st_mode) && a->st_mode == b->st_mode && a->st_uid == b->st_uid &&
               a->st_gid == b->st_gid && a->st_size == b->st_size &&
               a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int same_bytes(int a, int b)
{
        _cleanup_free_ char *one = xcalloc(CHUNK, 1), *two = xcalloc(CHUNK, 1);

        for (off_t at = 0;;) {
                ssize_t n = pread(a, one, CHUNK, at), m = pread(b, two, CHUNK, at);

                if (n < 0 || m < 0)
                        return -errno;
                if (n != m || memcmp(one, two, (size_t)n) != 0)
                        return 0;
                if (n == 0)
                        return 1;
                at += n;
        }
}

int move_copied(const struct sys *sys, const char *from, const char *to)
{
        static const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
        struct stat st, copy;
        int r = sys_lstat_nolinks(sys, from, &st);

        if (r == 0)
                r = sys_lstat_nolinks(sys, to, &copy);
        if (r < 0 || !same_but_inode(&st, &copy))
                return r;
        _cleanup_close_ int a = sys_openat_nolinks(sys, from, flags, 0);
        _cleanup_close_ int b = sys_openat_nolinks(sys, to, flags, 0);

        if (a < 0 || b < 0)
                return a < 0 ? a : b;
        return same_bytes(a, b);
}

static int remove_name(int dir, const char *name)
{
        return unlinkat(dir, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

int move_sweep(const struct sys *sys, const char *to, char **why)
{
        const char *name, *dir_name, *slash = strrchr(to, '/');
        _cleanup_free_ char *dir = xasprintf("%.*s", slash ? (int)(slash - to) : 0, to);
        _cleanup_close_ int in = resolve_parent(sys->root_fd, to, RESOLVE_LINKS_NONE, &name);
        _cleanup_close_ int above =
                resolve_parent(sys->root_fd, dir, RESOLVE_LINKS_NONE, &dir_name);
        int r = in == -ENOENT ? 0 : in < 0 ? in : remove_name(in, name);

        if (r == 0 && in >= 0)
                r = remove_name(in, TEMPORARY);
        if (r < 0)
                return fail(why, r, "%s: %s", to, error_text(-r));
        if (above >= 0 && unlinkat(above, dir_name, AT_REMOVEDIR) == 0)
                (void)fsync(above);
        return 0;
}
