/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file system in memory that is mounted nowhere. By their numbers, which are the same on every
 * architecture: the C libraries we build with are older than the calls. */
#include "lib/detached.h"

#include <errno.h>
#include <sys/syscall.h>

#include "lib/util.h"

/* linux/mount.h */
#define CALL_MOVE_MOUNT 429
#define CALL_FSOPEN 430
#define CALL_FSCONFIG 431
#define CALL_FSMOUNT 432
#define OPEN_CLOEXEC 1
#define CONFIG_SET_STRING 1
#define CONFIG_CREATE 6
#define MOUNT_CLOEXEC 1
#define ATTR_NOSUID 0x2
#define ATTR_NODEV 0x4
#define MOVE_FROM_EMPTY_PATH 0x4
#define MOVE_TO_EMPTY_PATH 0x40

static int set(int fs, const char *key, unsigned long long number)
{
        char value[32];
        snprintf(value, sizeof(value), "%llu", number);
        return syscall(CALL_FSCONFIG, fs, CONFIG_SET_STRING, key, value, 0) < 0 ? -errno : 0;
}

int detached_make(unsigned long long bytes, unsigned long files)
{
        _cleanup_close_ int fs = (int)syscall(CALL_FSOPEN, "tmpfs", OPEN_CLOEXEC);
        if (fs < 0)
                return -errno;
        int r = set(fs, "size", bytes);
        if (r == 0)
                r = set(fs, "nr_inodes", files);
        if (r == 0)
                r = set(fs, "mode", 700);
        if (r == 0 && syscall(CALL_FSCONFIG, fs, CONFIG_CREATE, NULL, NULL, 0) < 0)
                r = -errno;
        if (r < 0)
                return r;
        int fd = (int)syscall(CALL_FSMOUNT, fs, MOUNT_CLOEXEC, ATTR_NOSUID | ATTR_NODEV);
        return fd < 0 ? -errno : fd;
}

int detached_attach(int mount, int at)
{
        return syscall(CALL_MOVE_MOUNT, mount, "", at, "",
                       MOVE_FROM_EMPTY_PATH | MOVE_TO_EMPTY_PATH) < 0
                       ? -errno
                       : 0;
}
