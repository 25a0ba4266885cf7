/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole-file replacement. */
#include "lib/edit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/xattr.h>

#include "lib/io.h"
#include "lib/resolve.h"
#include "lib/util.h"

#define TEMPORARY ".secep-"

/* Integrity measurements of the old bytes: wrong for the new ones, so the kernel makes them anew.
 */
static const char *const xattrs_not_kept[] = { "security.ima", "security.evm" };

static bool xattr_kept(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(xattrs_not_kept); i++)
                if (streq(name, xattrs_not_kept[i]))
                        return false;
        return true;
}

static int copy_xattr(int from, int to, const char *name)
{
        ssize_t n = fgetxattr(from, name, NULL, 0);
        if (n < 0)
                return -errno;
        _cleanup_free_ char *value = xcalloc((size_t)n, 1);
        n = fgetxattr(from, name, value, (size_t)n);
        if (n < 0 || fsetxattr(to, name, value, (size_t)n, 0) < 0)
                return -errno;
        return 0;
}

static int copy_xattrs(int from, int to)
{
        ssize_t n = flistxattr(from, NULL, 0);
        if (n <= 0)
                return n == 0 || errno == ENOTSUP ? 0 : -errno;
        _cleanup_free_ char *names = xcalloc((size_t)n, 1);
        n = flistxattr(from, names, (size_t)n);
        if (n < 0)
                return -errno;
        for (char *name = names; name < names + n; name += strlen(name) + 1) {
                int r = xattr_kept(name) ? copy_xattr(from, to, name) : 0;
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Owner before mode: chown(2) takes the set-user-ID bits away. */
int edit_copy_metadata(int from, int to)
{
        struct stat st;
        if (fstat(from, &st) < 0 || fchown(to, st.st_uid, st.st_gid) < 0 ||
            fchmod(to, st.st_mode & 07777) < 0)
                return -errno;
        return copy_xattrs(from, to);
}

static int temporary_open(int dir, char name[32])
{
        for (unsigned tries = 0; tries < 100; tries++) {
                unsigned n;
                if (getrandom(&n, sizeof(n), 0) != sizeof(n))
                        return -EIO;
                snprintf(name, 32, TEMPORARY "%06x", n & 0xffffff);
                int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                0600);
                if (fd >= 0 || errno != EEXIST)
                        return fd < 0 ? -errno : fd;
        }
        return -EEXIST;
}

static int write_beside(int fd, int old, const void *data, size_t len, mode_t mode)
{
        int r = io_write_all(fd, data, len);
        if (r == 0)
                r = old >= 0 ? edit_copy_metadata(old, fd) : (fchmod(fd, mode) < 0 ? -errno : 0);
        if (r == 0 && fsync(fd) < 0)
                r = -errno;
        return r;
}

static int replace_at(int dir, const char *name, int old, const void *data, size_t len, mode_t mode)
{
        char temporary[32];
        _cleanup_close_ int fd = temporary_open(dir, temporary);
        if (fd < 0)
                return fd;
        int r = write_beside(fd, old, data, len, mode);
        if (r == 0 && renameat(dir, temporary, dir, name) < 0)
                r = -errno;
        if (r < 0) {
                unlinkat(dir, temporary, 0);
                return r;
        }
        return fsync(dir) < 0 ? -errno : 0;
}

/* Opens the file to be replaced: its fd, -ENOENT, or what is wrong with it. */
static int open_old(int dir, const char *name)
{
        _cleanup_close_ int fd = sys_open_entry(dir, name, O_RDONLY);
        if (fd < 0)
                return fd;
        struct stat st;
        if (fstat(fd, &st) < 0)
                return -errno;
        return S_ISREG(st.st_mode) ? TAKE_FD(fd) : -EINVAL;
}

static bool is_immutable(int fd)
{
        int flags = 0;
        return fd >= 0 && ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 &&
               (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL));
}

static int explain(char **why, int r, const char *path, bool immutable)
{
        if (r == -EPERM && immutable)
                return fail(why, r, "%s is immutable: chattr -i -a %s lets it be changed", path,
                            path);
        if (r == -ELOOP)
                return fail(why, r, "%s is a symbolic link and is not changed", path);
        if (r == -EINVAL)
                return fail(why, r, "%s is not a regular file and is not changed", path);
        return fail(why, r, "%s cannot be changed: %s", path, error_text(-r));
}

int edit_replace(const struct sys *sys, const char *path, const void *data, size_t len, mode_t mode,
                 char **why)
{
        const char *name;
        _cleanup_close_ int dir = resolve_parent(sys->root_fd, path, RESOLVE_LINKS_IN_ROOT, &name);
        if (dir < 0)
                return explain(why, dir, path, false);
        _cleanup_close_ int old = open_old(dir, name);
        if (old < 0 && old != -ENOENT)
                return explain(why, old, path, false);
        int r = replace_at(dir, name, old, data, len, mode);
        return r < 0 ? explain(why, r, path, is_immutable(old) || is_immutable(dir)) : 0;
}

int edit_remove(const struct sys *sys, const char *path, char **why)
{
        const char *name;
        _cleanup_close_ int dir = resolve_parent(sys->root_fd, path, RESOLVE_LINKS_IN_ROOT, &name);
        if (dir == -ENOENT)
                return 0;
        if (dir < 0)
                return explain(why, dir, path, false);
        if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
                return explain(why, -errno, path, true);
        return fsync(dir) < 0 ? explain(why, -errno, path, false) : 0;
}

int edit_sweep(const struct sys *sys, const char *path)
{
        _cleanup_closedir_ DIR *dir = NULL;
        int r = sys_opendir(sys, path, &dir);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        struct dirent *e;
        while ((e = readdir(dir))) {
                const char *hex = e->d_name + strlen(TEMPORARY);
                if (startswith(e->d_name, TEMPORARY) && strlen(hex) == 6 &&
                    strspn(hex, "0123456789abcdef") == 6)
                        unlinkat(dirfd(dir), e->d_name, 0);
        }
        return 0;
}
