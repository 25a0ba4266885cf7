/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file is looked at before it is opened: to open a device may do something, to open a FIFO may
 * wait. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "lib/resolve.h"
#include "lib/util.h"

#define TRIES 16 /* one that comes and goes while it is opened */

static int look(int fd)
{
        struct stat st;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (S_ISLNK(st.st_mode))
                return -ELOOP; /* O_NOFOLLOW: what open(2) says of it */
        return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ? 0 : -EINVAL;
}

/* The inode that was looked at, whatever has its name by now. -ENOSYS: no /proc is there to open it
 * by, or not for this user. */
static int reopen(int looked, int flags)
{
        char path[32];
        snprintf(path, sizeof(path), "/proc/self/fd/%d", looked);
        int fd = open(path, flags | O_CLOEXEC);
        if (fd >= 0)
                return fd;
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? -ENOSYS : -errno;
}

/* Between the look and this somebody may have changed what has the name: not waited for, and not
 * handed on. */
static int open_again(int root_fd, const char *path, int flags, enum resolve_links links)
{
        _cleanup_close_ int fd =
                resolve_open(root_fd, path, flags | O_NONBLOCK | O_NOCTTY, 0, links);
        int r = fd < 0 ? fd : look(fd);
        return r < 0 ? r : TAKE_FD(fd);
}

static int open_there(int root_fd, const char *path, int flags, enum resolve_links links)
{
        _cleanup_close_ int looked =
                resolve_open(root_fd, path, O_PATH | (flags & O_NOFOLLOW), 0, links);
        int r = looked < 0 ? looked : look(looked);
        if (r < 0)
                return r;
        r = reopen(looked, flags & ~O_NOFOLLOW);
        return r == -ENOSYS ? open_again(root_fd, path, flags, links) : r;
}

int resolve_open_file(int root_fd, const char *path, int flags, mode_t mode,
                      enum resolve_links links)
{
        /* these open no file that is there, or no file at all */
        if (flags & (O_PATH | O_DIRECTORY) || (flags & O_CREAT && flags & O_EXCL))
                return resolve_open(root_fd, path, flags, mode, links);
        int r = -EAGAIN;
        for (unsigned tries = 0; tries < TRIES; tries++) {
                r = open_there(root_fd, path, flags & ~O_CREAT, links);
                if (r != -ENOENT || !(flags & O_CREAT))
                        return r;
                r = resolve_open(root_fd, path, flags | O_EXCL, mode, links);
                if (r != -EEXIST)
                        return r;
        }
        return r;
}
