/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mount(2) by descriptor: no symlink of the root leads it astray. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "lib/door_parts.h"
#include "lib/util.h"

int door_mount_at(int at, const char *name, const char *source, const char *type,
                  unsigned long flags, const char *data)
{
        _cleanup_close_ int fd = name ? openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC) : dup(at);
        if (fd < 0)
                return -errno;
        struct stat st;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (S_ISLNK(st.st_mode))
                return -ENOTDIR;
        char target[64];
        snprintf(target, sizeof(target), "/proc/self/fd/%d", fd);
        return mount(source, target, type, flags, data) < 0 ? -errno : 0;
}

int door_bind_at(int at, const char *name, int fd, bool writable)
{
        char source[64];
        snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
        int r = door_mount_at(at, name, source, NULL, MS_BIND | MS_REC, NULL);
        if (r == 0 && !writable) /* opened again: NAME is the mount now */
                r = door_mount_at(at, name, NULL, NULL,
                                  MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL);
        return r;
}
