/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door's mounts. All is done by descriptors inside the new root, so that no symlink of it leads
 * a mount astray, and before pivot_root(2), while the host's /proc names them. */
#include "lib/door_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "lib/util.h"

#define COPY_AT "/run/secep-copy" /* in the copy's own /run, which is empty */

/* A mount point of mountinfo, "\040" and the like undone. */
static void unescape(char *text)
{
        char *to = text;
        for (const char *p = text; *p; to++)
                if (p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && p[2] && p[3]) {
                        *to = (char)((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0'));
                        p += 4;
                } else {
                        *to = *p++;
                }
        *to = '\0';
}

static int seal_one(const char *at, const char *device, bool read_only)
{
        _cleanup_close_ int fd = open(at, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        struct stat st;
        struct statvfs v;
        char is[32];
        if (fd < 0 || fstat(fd, &st) < 0 || fstatvfs(fd, &v) < 0)
                return -errno;
        snprintf(is, sizeof(is), "%u:%u", major(st.st_dev), minor(st.st_dev));
        /* overlay and btrfs show another number in stat(2) than in mountinfo: major 0 both */
        if (!streq(is, device) && !(startswith(is, "0:") && startswith(device, "0:")))
                return -ESTALE;
        unsigned long flags = MS_REMOUNT | MS_BIND | MS_NODEV;
        flags |= (v.f_flag & ST_NOSUID) ? MS_NOSUID : 0;
        flags |= (v.f_flag & ST_NOEXEC) ? MS_NOEXEC : 0;
        flags |= read_only || (v.f_flag & ST_RDONLY) ? MS_RDONLY : 0;
        return door_mount_at(fd, NULL, NULL, NULL, flags, NULL);
}

int door_seal(const char *top, bool read_only, char **why)
{
        _cleanup_fclose_ FILE *f = fopen("/proc/self/mountinfo", "re");
        size_t n = strlen(top);
        char line[8192];
        if (!f)
                return fail(why, -errno, "/proc/self/mountinfo: %m");
        while (fgets(line, sizeof(line), f)) {
                char device[32], at[4096];
                if (sscanf(line, "%*s %*s %31s %*s %4095s", device, at) != 2)
                        continue;
                unescape(at);
                if (strncmp(at, top, n) != 0 || (at[n] != '\0' && at[n] != '/'))
                        continue;
                int r = seal_one(at, device, read_only);
                if (r < 0)
                        return fail(why, r, "%s cannot be made a mount without devices: %s", at,
                                    error_text(-r));
        }
        return 0;
}

static int bind_root(const struct sys *outer, const struct stat *root, const char *at, char **why)
{
        struct stat st;
        if (mount(outer->root, at, NULL, MS_BIND | MS_REC, NULL) < 0)
                return fail(why, -errno, "bind %s: %m", outer->root);
        if (chdir(at) < 0 || stat(".", &st) < 0)
                return fail(why, -errno, "%s: %m", outer->root);
        if (st.st_dev != root->st_dev || st.st_ino != root->st_ino)
                return fail(why, -ESTALE, "%s is not the directory it was any more", outer->root);
        return 0;
}

static int pivot(char **why)
{
        if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
                return fail(why, -EPERM, "pivot_root: %s: " DOOR_REFUSED, error_text(errno));
        return 0;
}

int door_mounts(const struct sys *outer, const struct stat *root, const struct door *door,
                const struct door_host *host, char **why)
{
        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                return fail(why, -EPERM, "the kernel grants no private mounts here: " DOOR_REFUSED);
        const char *at = door->at ? door->at : outer->root;
        if (!door->at && outer->copy) {
                if (mkdir(COPY_AT, 0700) < 0 && errno != EEXIST)
                        return fail(why, -errno, "%s: %m", COPY_AT);
                at = COPY_AT;
        }
        int r = bind_root(outer, root, at, why);
        if (r == 0)
                r = door_seal(at, door->profile != DOOR_TRANSACTION, why);
        if (r == 0 && door->tools)
                r = door_tools(at, why);
        if (r < 0)
                return r;
        /* again: the root of the mount that was made */
        if (chdir(at) < 0)
                return fail(why, -errno, "%s: %m", at);
        _cleanup_close_ int fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
        struct sys inside = { .root_fd = fd, .root = outer->root };
        r = fd < 0 ? fail(why, -errno, "%s: %m", outer->root)
                   : door_furnish(&inside, door, host, why);
        return r < 0 ? r : pivot(why);
}
