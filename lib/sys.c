/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The root fd and every way through it. */
#include "lib/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/utsname.h>

#include "lib/conf_keys.h"
#include "lib/i18n.h"
#include "lib/resolve.h"
#include "lib/sums.h"
#include "lib/util.h"

int sys_open(const char *root, struct sys *out, char **why)
{
        _cleanup_free_ char *real = realpath(root, NULL);
        if (!real)
                return fail(why, -errno, "%s: %s", root, error_text(errno));
        _cleanup_close_ int fd = open(real, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return fail(why, -errno, "%s: %s", root, error_text(errno));

        struct stat host, own;
        if (stat("/", &host) < 0 || fstat(fd, &own) < 0)
                return fail(why, -errno, "%s: %s", root, error_text(errno));
        struct utsname u;
        bool live = host.st_dev == own.st_dev && host.st_ino == own.st_ino;
        *out = (struct sys){
                .root_fd = TAKE_FD(fd),
                .root = TAKE_PTR(real),
                .live = live,
                .depth = DEPTH_LOOK,
                .release = live && uname(&u) == 0 ? xstrdup(u.release) : NULL,
                .deadline = now_ms(),
        };
        return 0;
}

void sys_close(struct sys *sys)
{
        if (sys->root)
                close(sys->root_fd);
        free(sys->root);
        free(sys->release);
        free(sys->offline_dir);
        sums_free(sys->offline_sums);
        free(sys->module_source);
        conf_free(sys->conf);
        *sys = (struct sys){ .root_fd = -1 };
}

int sys_openat(const struct sys *sys, const char *path, int flags, mode_t mode)
{
        if (sys->live)
                return resolve_open(sys->root_fd, path, flags, mode, RESOLVE_LINKS_IN_ROOT);
        return resolve_open_file(sys->root_fd, path, flags, mode, RESOLVE_LINKS_IN_ROOT);
}

int sys_openat_nolinks(const struct sys *sys, const char *path, int flags, mode_t mode)
{
        return resolve_open_file(sys->root_fd, path, flags, mode, RESOLVE_LINKS_NONE);
}

int sys_open_entry(int dir, const char *name, int flags)
{
        return resolve_open_file(dir, name, flags, 0, RESOLVE_LINKS_NONE);
}

static int stat_with(const struct sys *sys, const char *path, int flags, enum resolve_links links,
                     struct stat *out)
{
        _cleanup_close_ int fd = resolve_open(sys->root_fd, path, O_PATH | flags, 0, links);
        if (fd < 0)
                return fd;
        return fstat(fd, out) < 0 ? -errno : 0;
}

int sys_stat(const struct sys *sys, const char *path, struct stat *out)
{
        return stat_with(sys, path, 0, RESOLVE_LINKS_IN_ROOT, out);
}

int sys_lstat(const struct sys *sys, const char *path, struct stat *out)
{
        return stat_with(sys, path, O_NOFOLLOW, RESOLVE_LINKS_IN_ROOT, out);
}

int sys_lstat_nolinks(const struct sys *sys, const char *path, struct stat *out)
{
        return stat_with(sys, path, O_NOFOLLOW, RESOLVE_LINKS_NONE, out);
}

bool sys_exists(const struct sys *sys, const char *path)
{
        struct stat st;
        return sys_stat(sys, path, &st) == 0;
}

int sys_readlink(const struct sys *sys, const char *path, char **out)
{
        _cleanup_close_ int fd = sys_openat(sys, path, O_PATH | O_NOFOLLOW, 0);
        if (fd < 0)
                return fd;
        return resolve_readlink(fd, out);
}

static int read_all(int fd, size_t max, char **buf, size_t *len)
{
        size_t size = 4096, n = 0;
        _cleanup_free_ char *text = xcalloc(size, 1);
        for (;;) {
                ssize_t got = read(fd, text + n, size - 1 - n);
                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -errno;
                if (got == 0)
                        break;
                n += (size_t)got;
                if (n > max)
                        return -EFBIG;
                if (n == size - 1)
                        text = xreallocarray(text, size *= 2, 1);
        }
        text[n] = '\0';
        *buf = TAKE_PTR(text);
        if (len)
                *len = n;
        return 0;
}

#define READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY)

/* Takes FD. */
static int read_opened(int opened, size_t max, char **buf, size_t *len)
{
        _cleanup_close_ int fd = opened;
        if (fd < 0)
                return fd;
        struct stat st;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        /* Not read to its limit to find that out; a file of sysfs says a page and holds less. */
        if ((uint64_t)st.st_size > max && st.st_size > sysconf(_SC_PAGESIZE))
                return -EFBIG;
        return read_all(fd, max, buf, len);
}

int sys_read(const struct sys *sys, const char *path, size_t max, char **buf, size_t *len)
{
        return read_opened(sys_openat(sys, path, READ_FLAGS, 0), max, buf, len);
}

int sys_read_nolinks(const struct sys *sys, const char *path, size_t max, char **buf, size_t *len)
{
        return read_opened(sys_openat_nolinks(sys, path, READ_FLAGS, 0), max, buf, len);
}

const char *sys_why(int r)
{
        if (r == -EINVAL)
                return _("not a regular file");
        if (r == -ELOOP)
                return _("a symlink is on the way, not followed");
        return r == -EFBIG ? _("far larger than such a file is") : error_text(-r);
}

int sys_opendir(const struct sys *sys, const char *path, DIR **out)
{
        _cleanup_close_ int fd = sys_openat(sys, path, O_RDONLY | O_DIRECTORY, 0);
        if (fd < 0)
                return fd;
        DIR *dir = fdopendir(fd);
        if (!dir)
                return -errno;
        (void)TAKE_FD(fd);
        *out = dir;
        return 0;
}

int sys_mkdirs(const struct sys *sys, const char *path, mode_t mode)
{
        _cleanup_free_ char *copy = xstrdup(path);
        for (char *p = copy + strspn(copy, "/");;) {
                char *slash = strchrnul(p, '/');
                char end = *slash;
                *slash = '\0';
                _cleanup_close_ int there = sys_openat(sys, copy, O_PATH | O_DIRECTORY, 0);
                int r = there == -ENOENT ? resolve_mkdir(sys->root_fd, copy, mode) : there;
                if (r < 0 && r != -EEXIST)
                        return r;
                if (!end)
                        return 0;
                *slash = end;
                p = slash + strspn(slash, "/");
        }
}

int sys_host_path(const struct sys *sys, const char *path, char **out, char **why)
{
        path += strspn(path, "/");
        int r = streq(sys->root, "/") ? 0 : resolve_stays_inside(sys->root_fd, path);
        if (r < 0)
                return fail(why, r, "%s/%s: %s", sys->root, path,
                            r == -EXDEV ? _("a symbolic link on the way leads out of the root")
                                        : error_text(-r));
        *out = xasprintf("%s/%s", streq(sys->root, "/") ? "" : sys->root, path);
        return 0;
}

int64_t sys_time_left(const struct sys *sys)
{
        int64_t left = sys->deadline - now_ms();
        return left > 0 ? left : 0;
}

bool sys_runs_kernel(const struct sys *sys, const char *release)
{
        _cleanup_free_ char *text = NULL;
        if (!sys->live || sys_read(sys, "/proc/sys/kernel/osrelease", 4096, &text, NULL) < 0 ||
            !text)
                return false;
        text[strcspn(text, "\n")] = '\0';
        return streq(text, release);
}
