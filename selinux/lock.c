/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libsemanage's locks: flock(2) on two files of the store. */
#include "selinux/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/sysmacros.h>

#include "lib/i18n.h"
#include "lib/util.h"
#include "lib/wait.h"

#define RETRY_MS 100
#define LOCKS_MAX ((size_t)4 * 1024 * 1024)

/* The process that /proc/locks of this machine names for the lock; 0: none. A lock is one of the
 * machine that runs, wherever the root lies. */
static long holder_of(int fd)
{
        struct stat st;
        _cleanup_fclose_ FILE *locks = fopen("/proc/locks", "re");
        if (!locks || fstat(fd, &st) < 0)
                return 0;
        _cleanup_free_ char *inode = xasprintf("%02x:%02x:%llu", major(st.st_dev), minor(st.st_dev),
                                               (unsigned long long)st.st_ino);
        char line[256], number[16], file[128];
        long pid;
        while (fgets(line, sizeof(line), locks))
                if (sscanf(line, "%*s FLOCK %*s WRITE %15s %127s", number, file) == 2 &&
                    streq(file, inode) && parse_long(number, 1, INT_MAX, &pid) == 0)
                        return pid;
        return 0;
}

static char *holder_name(int fd)
{
        long pid = holder_of(fd);
        if (pid <= 0)
                return xstrdup(_("another program"));
        _cleanup_free_ char *path = xasprintf("/proc/%ld/comm", pid);
        _cleanup_close_ int comm = open(path, O_RDONLY | O_CLOEXEC);
        char name[64] = "";
        if (comm < 0 || read(comm, name, sizeof(name) - 1) <= 0)
                return xasprintf("process %ld", pid);
        name[strcspn(name, "\n")] = '\0';
        return xasprintf("%s (process %ld)", name, pid);
}

int store_lock(const struct sys *sys, const char *path, const char *name, char **why)
{
        _cleanup_free_ char *file = xasprintf("%s/%s", path, name);
        _cleanup_close_ int fd = sys_openat(sys, file, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
        if (fd < 0)
                return fail(why, fd, "%s: %s", file, error_text(-fd));
        struct wait wait = { 0 };
        while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
                if (errno != EWOULDBLOCK && errno != EINTR)
                        return fail(why, -errno, "%s: %s", file, error_text(errno));
                _cleanup_free_ char *holder = holder_name(fd);
                _cleanup_free_ char *what =
                        xasprintf(_("%s, which writes the SELinux policy store"), holder);
                int r = wait_pause(sys, &wait, what, RETRY_MS, why);
                if (r < 0)
                        return fail(why, r,
                                    "%s writes the SELinux policy store: it did not "
                                    "let go of %s in time",
                                    holder, file);
        }
        return TAKE_FD(fd);
}
