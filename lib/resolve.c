/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths below a directory fd. */
#include "lib/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/util.h"

/* linux/openat2.h of Linux 5.6; RHEL 8 and Ubuntu 20.04 have older headers. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#define OPENAT2_NO_MAGICLINKS 0x02
#define OPENAT2_NO_SYMLINKS 0x04
#define OPENAT2_IN_ROOT 0x10
struct openat2_how {
        uint64_t flags, mode, resolve;
};

#define LINKS_MAX 40 /* as the kernel's MAXSYMLINKS */

static int openat2_call(int root_fd, const char *path, int flags, mode_t mode,
                        enum resolve_links links)
{
        struct openat2_how how = {
                .flags = (uint64_t)flags,
                .mode = flags & O_CREAT ? mode : 0,
                .resolve = OPENAT2_NO_MAGICLINKS | OPENAT2_IN_ROOT |
                           (links == RESOLVE_LINKS_NONE ? OPENAT2_NO_SYMLINKS : 0),
        };
        for (unsigned tries = 0; tries < 16; tries++) {
                long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
                if (fd >= 0)
                        return (int)fd;
                if (errno != EAGAIN) /* a rename raced with ".." */
                        return -errno;
        }
        return -EAGAIN;
}

int resolve_readlink(int fd, char **out)
{
        char text[PATH_MAX];
        ssize_t n = readlinkat(fd, "", text, sizeof(text));
        if (n < 0)
                return errno == ENOENT ? -EINVAL : -errno; /* what "" on a non-link says */
        if ((size_t)n == sizeof(text))
                return -ENAMETOOLONG;
        *out = xstrndup(text, (size_t)n);
        return 0;
}

/* The walk: a stack of directory fds from the root down, and the text still to be walked. */
struct walk {
        int fds[256];
        int depth; /* fds[0] is a copy of the root fd */
        char *rest;
        int links;
        enum resolve_links mode;
};

static void walk_free(struct walk *w)
{
        while (w->depth > 0)
                close(w->fds[--w->depth]);
        free(w->rest);
}

static void walk_up(struct walk *w, int keep)
{
        while (w->depth > keep)
                close(w->fds[--w->depth]);
}

static int walk_push(struct walk *w, int fd)
{
        if (w->depth == (int)ARRAY_SIZE(w->fds)) {
                close(fd);
                return -ENAMETOOLONG;
        }
        w->fds[w->depth++] = fd;
        return 0;
}

/* SLASH: the link's name was followed by one, so that it must lead to a directory. */
static int walk_link(struct walk *w, int fd, bool slash)
{
        if (w->mode == RESOLVE_LINKS_NONE || ++w->links > LINKS_MAX)
                return -ELOOP;
        _cleanup_free_ char *target = NULL;
        int r = resolve_readlink(fd, &target);
        if (r < 0)
                return r;
        if (*target == '/')
                walk_up(w, 1);
        char *rest = xasprintf("%s%s%s", target, slash ? "/" : "", w->rest);
        free(w->rest);
        w->rest = rest;
        return 0;
}

/* Takes the next component off w->rest; false when there is none. */
static bool walk_next(struct walk *w, char name[NAME_MAX + 1], bool *last, bool *slash)
{
        char *start = w->rest + strspn(w->rest, "/");
        size_t n = strcspn(start, "/");
        if (n == 0 || n > NAME_MAX)
                return false;
        memcpy(name, start, n);
        name[n] = '\0';
        *slash = start[n] == '/';
        start += n;
        start += strspn(start, "/");
        *last = *start == '\0';
        memmove(w->rest, start, strlen(start) + 1);
        return true;
}

static int walk_open_last(struct walk *w, const char *name, int flags, mode_t mode, bool slash)
{
        if (slash)
                flags |= O_DIRECTORY;
        int fd = openat(w->fds[w->depth - 1], name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
        if (fd >= 0)
                return fd;
        return -errno;
}

static int walk_open(struct walk *w, int flags, mode_t mode)
{
        char name[NAME_MAX + 1];
        bool last = false, slash = false;
        while (walk_next(w, name, &last, &slash)) {
                if (streq(name, "."))
                        continue;
                if (streq(name, "..")) {
                        walk_up(w, w->depth > 1 ? w->depth - 1 : 1);
                        continue;
                }
                _cleanup_close_ int fd =
                        openat(w->fds[w->depth - 1], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
                if (fd < 0 && !(errno == ENOENT && last && (flags & O_CREAT)))
                        return -errno;
                struct stat st = { 0 };
                if (fd >= 0 && fstat(fd, &st) < 0)
                        return -errno;
                bool keep_link = last && (flags & O_NOFOLLOW) && !slash;
                if (S_ISLNK(st.st_mode) && !keep_link) {
                        int r = walk_link(w, fd, slash);
                        if (r < 0)
                                return r;
                        continue;
                }
                if (last)
                        return walk_open_last(w, name, flags, mode, slash);
                if (!S_ISDIR(st.st_mode))
                        return -ENOTDIR;
                int r = walk_push(w, TAKE_FD(fd));
                if (r < 0)
                        return r;
        }
        if (*(w->rest + strspn(w->rest, "/")))
                return -ENAMETOOLONG;
        int fd = openat(w->fds[w->depth - 1], ".", flags | O_CLOEXEC, mode);
        return fd < 0 ? -errno : fd;
}

static int walk_start(struct walk *w, int root_fd, const char *path, enum resolve_links links)
{
        int fd = fcntl(root_fd, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
                return -errno;
        *w = (struct walk){ .depth = 1, .rest = xstrdup(path), .mode = links };
        w->fds[0] = fd;
        return 0;
}

static int walk_path(int root_fd, const char *path, int flags, mode_t mode,
                     enum resolve_links links)
{
        struct walk w = { .depth = 0 };
        int r = walk_start(&w, root_fd, path, links);
        if (r < 0)
                return r;
        r = walk_open(&w, flags, mode);
        walk_free(&w);
        return r;
}

int resolve_open(int root_fd, const char *path, int flags, mode_t mode, enum resolve_links links)
{
        static atomic_bool no_openat2;
        path += strspn(path, "/");
        if (!*path)
                path = ".";
        flags |= O_CLOEXEC;
        if (!no_openat2) {
                int fd = openat2_call(root_fd, path, flags, mode, links);
                /* EPERM: what older container runtimes' seccomp filters say for a call they do not
                 * know; a real EPERM is given again by the walk. */
                if (fd != -ENOSYS && fd != -EPERM)
                        return fd;
                no_openat2 = fd == -ENOSYS;
        }
        return walk_path(root_fd, path, flags, mode, links);
}

int resolve_parent(int root_fd, const char *path, enum resolve_links links, const char **name)
{
        const char *slash = strrchr(path, '/');
        const char *last = slash ? slash + 1 : path;
        if (!*last || streq(last, ".") || streq(last, ".."))
                return -EINVAL;
        _cleanup_free_ char *dir = slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup("");
        int fd = resolve_open(root_fd, dir, O_RDONLY | O_DIRECTORY, 0, links);
        if (fd >= 0)
                *name = last;
        return fd;
}

int resolve_mkdir(int root_fd, const char *path, mode_t mode)
{
        const char *name;
        _cleanup_close_ int dir = resolve_parent(root_fd, path, RESOLVE_LINKS_IN_ROOT, &name);
        if (dir < 0)
                return dir;
        if (mkdirat(dir, name, mode) < 0)
                return -errno;
        _cleanup_close_ int made =
                openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (made < 0 || fchmod(made, mode) < 0 || fsync(dir) < 0)
                return -errno;
        return 0;
}

int resolve_stays_inside(int root_fd, const char *path)
{
        struct walk w = { .depth = 0 };
        int r = walk_start(&w, root_fd, path, RESOLVE_LINKS_IN_ROOT);
        if (r < 0)
                return r;
        char name[NAME_MAX + 1];
        bool last, slash;
        while (r == 0 && walk_next(&w, name, &last, &slash)) {
                if (streq(name, "."))
                        continue;
                if (streq(name, "..")) {
                        if (w.depth == 1)
                                r = -EXDEV;
                        walk_up(&w, w.depth - 1);
                        continue;
                }
                int fd = openat(w.fds[w.depth - 1], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
                if (fd < 0) {
                        r = errno == ENOENT || errno == ENOTDIR ? 1 : -errno;
                        break;
                }
                _cleanup_free_ char *target = NULL;
                if (resolve_readlink(fd, &target) == 0) {
                        r = *target == '/' ? -EXDEV : walk_link(&w, fd, slash);
                        close(fd);
                } else {
                        r = walk_push(&w, fd);
                }
        }
        walk_free(&w);
        return r < 0 ? r : 0;
}
