/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who holds a lock: fcntl(2) F_GETLK names the pid, /proc the program. */
#include <errno.h>
#include <fcntl.h>

#include "lib/util.h"
#include "packages/packages.h"

static const char *const dpkg_locks[] = {
        "/var/lib/dpkg/lock-frontend",
        "/var/lib/dpkg/lock",
        "/var/cache/apt/archives/lock",
        "/var/lib/apt/lists/lock",
        NULL,
};
static const char *const rpm_locks[] = {
        "/var/lib/rpm/.rpm.lock",
        "/usr/lib/sysimage/rpm/.rpm.lock",
        NULL,
};

/* A name is for a person, and may be anything: what is not printable becomes '?'. */
static char *program_of(pid_t pid)
{
        _cleanup_free_ char *path = xasprintf("/proc/%d/comm", (int)pid);
        char name[64] = "";
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd >= 0 ? read(fd, name, sizeof(name) - 1) : 0;
        if (n <= 0)
                return xasprintf("a process (pid %d)", (int)pid);
        name[strcspn(name, "\n")] = '\0';
        for (char *p = name; *p; p++)
                if (*p < ' ' || *p > '~')
                        *p = '?';
        return xasprintf("%s (pid %d)", name, (int)pid);
}

int lock_holder(const struct sys *sys, const char *path, char **out)
{
        _cleanup_close_ int fd = sys_openat(sys, path, O_RDONLY | O_NONBLOCK, 0);
        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
        if (fd < 0)
                return fd == -ENOENT ? 0 : fd;
        if (fcntl(fd, F_GETLK, &lock) < 0)
                return -errno;
        if (lock.l_type == F_UNLCK)
                return 0;
        *out = lock.l_pid > 0 ? program_of(lock.l_pid) : xstrdup(LOCK_HOLDER_OUTSIDE);
        return 1;
}

static int first_held(const struct sys *sys, enum package_kind kind, char **who, const char **path)
{
        const char *const *locks = kind == PACKAGES_DPKG ? dpkg_locks : rpm_locks;
        for (; kind != PACKAGES_NONE && *locks; locks++) {
                if (lock_holder(sys, *locks, who) <= 0)
                        continue;
                *path = *locks;
                return 1;
        }
        return 0;
}

int package_lock_program(const struct sys *sys, enum package_kind kind, char **out)
{
        const char *path;
        return first_held(sys, kind, out, &path);
}

int package_lock_holder(const struct sys *sys, enum package_kind kind, char **out)
{
        _cleanup_free_ char *who = NULL;
        const char *path;
        int r = first_held(sys, kind, &who, &path);
        if (r > 0)
                *out = xasprintf("%s holds %s", who, path);
        return r;
}
