/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc behind the door: processes are as they are, all that is the kernel's is read-only. A file
 * that root may write needs no capability: /proc/sys/kernel/core_pattern, /proc/sysrq-trigger. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "lib/door_parts.h"
#include "lib/util.h"

#define FLAGS (MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)

static bool of_kernel(int proc, const char *name)
{
        struct stat st;
        if (*name == '.' || (*name >= '0' && *name <= '9') ||
            fstatat(proc, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return false;
        return S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && (st.st_mode & 0222));
}

int door_proc(char **why)
{
        _cleanup_closedir_ DIR *dir = opendir(".");
        if (!dir)
                return fail(why, -errno, "/proc of the root: %m");
        for (struct dirent *e; (e = readdir(dir));) {
                if (!of_kernel(dirfd(dir), e->d_name))
                        continue;
                if (mount(e->d_name, e->d_name, NULL, MS_BIND | MS_REC, NULL) < 0 ||
                    mount(NULL, e->d_name, NULL, FLAGS, NULL) < 0)
                        return fail(why, -errno, "/proc/%s of the root: %m", e->d_name);
        }
        return 0;
}
