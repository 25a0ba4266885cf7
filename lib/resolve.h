/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths below a directory fd: openat2(2), and a walk component by component for kernels (before
 * 5.6) and seccomp filters (old container runtimes) that do not have it. For lib/sys.c and
 * lib/edit.c; rooms use lib/sys.h. */
#ifndef SECEP_LIB_RESOLVE_H
#define SECEP_LIB_RESOLVE_H

#include <sys/types.h>

enum resolve_links {
        RESOLVE_LINKS_IN_ROOT, /* followed as after chroot(2) to the root */
        RESOLVE_LINKS_NONE,    /* -ELOOP */
};

/* A new fd (O_CLOEXEC) or -errno. With RESOLVE_LINKS_NONE and O_PATH | O_NOFOLLOW a symlink as the
 * last component is opened itself. */
int resolve_open(int root_fd, const char *path, int flags, mode_t mode, enum resolve_links links);

/* The same for a file of somebody else's: looked at before it is opened, and a device, FIFO or
 * socket is -EINVAL and never opened. What was looked at is opened by its inode, through /proc.
 * Where this process has no /proc its name is opened again, without waiting, and looked at again:
 * then somebody who changes the tree meanwhile can have a device opened, but not read. O_CREAT
 * makes a file where none is, and not through a link that leads nowhere (-EEXIST). O_DIRECTORY,
 * O_PATH and O_EXCL go as they are: they open none of these. */
int resolve_open_file(int root_fd, const char *path, int flags, mode_t mode,
                      enum resolve_links links);

/* The fd of PATH's directory; *NAME points at its last component inside PATH. -EINVAL where there
 * is none ("", "/", "a/..", "."). */
int resolve_parent(int root_fd, const char *path, enum resolve_links links, const char **name);

int resolve_mkdir(int root_fd, const char *path, mode_t mode);

/* The text of the symlink FD (O_PATH | O_NOFOLLOW), malloc'ed. */
int resolve_readlink(int fd, char **out);

/* 0 when following PATH from the host, as a library does that takes a path, stays below the root;
 * components that are not there end the walk well. -EXDEV: it leads out. */
int resolve_stays_inside(int root_fd, const char *path);

#endif
