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
        _cleanup_close_ int fd =
                openat(from->dir, from->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EXDEV;
        *out = TAKE_FD(fd);
        return 0;
}

static int copy_finish(const struct place *from, const struct place *to)
{
        if (renameat2(to->dir, TEMPORARY, to->dir, to->name, RENAME_NOREPLACE) < 0 ||
            fsync(to->dir) < 0 || unlinkat(from->dir, from->name, 0) < 0)
                return -errno;
        return 0;
}

static int copy_across(const struct place *from, const struct place *to)
{
        _cleanup_close_ int in = -1, out = -1;
        int r = copy_open(from, &in);

        if (r < 0)
                return r;
        unlinkat(to->dir, TEMPORARY, 0); /* of a move that was cut off */
        out = openat(to->dir, TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                     0600);
        if (out < 0)
                return -errno;
        r = copy_bytes(in, out);
        if (r == 0)
                r = edit_copy_metadata(in, out);
        if (r == 0)
                r = copy_times(in, out);
        if (r == 0 && fsync(out) < 0)
                r = -errno;
        if (r == 0)
                r = copy_finish(from, to);
        if (r < 0)
                unlinkat(to->dir, TEMPORARY, 0);
        return r;
}

static int move_at(const struct place *from, const struct place *to)
{
        int r;

        if (renameat2(from->dir, from->name, to->dir, to->name, RENAME_NOREPLACE) == 0)
                r = 0;
        else
                r = errno == EXDEV ? copy_across(from, to) : -errno;
        if (r == 0 && (fsync(to->dir) < 0 || fsync(from->dir) < 0))
                r = -errno;
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
                return fail(why, source_dir, "%s: %s", from, strerror(-source_dir));
        if (target_dir < 0)
                return fail(why, target_dir, "%s: %s", to, strerror(-target_dir));
        source.dir = source_dir;
        target.dir = target_dir;
        r = move_at(&source, &target);
        return r < 0 ? fail(why, r, "%s cannot be moved to %s: %s", from, to, strerror(-r)) : 0;
}
