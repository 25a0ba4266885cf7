/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/meminfo, /proc/PID/statm, statvfs(2). */
#include "host/memory.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>

#include "lib/util.h"

#define SMALL_FILE_MAX ((size_t)64 * 1024)
#define HOLDERS 3
#define AVAILABLE "MemAvailable:"

int memory_available(const struct sys *sys, int64_t *out)
{
        _cleanup_free_ char *text = NULL;
        const char *line;
        char *end;
        int64_t kib;
        int r = sys_read(sys, "/proc/meminfo", SMALL_FILE_MAX, &text, NULL);

        if (r < 0)
                return r;
        line = strstr(text, AVAILABLE);
        if (!line)
                return -EBADMSG;
        kib = strtoll(line + strlen(AVAILABLE), &end, 10);
        if (!startswith(end, " kB") || kib < 0 || __builtin_mul_overflow(kib, 1024, &kib))
                return -EBADMSG;
        *out = kib;
        return 0;
}

struct holder {
        int pid;
        int64_t bytes;
};

static int64_t resident(const struct sys *sys, const char *pid)
{
        _cleanup_free_ char *path = xasprintf("/proc/%s/statm", pid), *text = NULL;
        const char *second;
        int64_t bytes;

        if (sys_read(sys, path, SMALL_FILE_MAX, &text, NULL) < 0)
                return 0;
        second = strchr(text, ' ');
        if (!second ||
            __builtin_mul_overflow(strtoll(second, NULL, 10), sysconf(_SC_PAGESIZE), &bytes))
                return 0;
        return bytes;
}

/* Keeps TOP sorted, the largest first. */
static void holder_insert(struct holder top[HOLDERS], struct holder h)
{
        for (int i = 0; i < HOLDERS; i++)
                if (h.bytes > top[i].bytes) {
                        struct holder pushed = top[i];

                        top[i] = h;
                        h = pushed;
                }
}

static void holder_add(const struct sys *sys, char **list, const struct holder *h)
{
        _cleanup_free_ char *path = xasprintf("/proc/%d/comm", h->pid), *comm = NULL;
        char *longer;

        if (h->bytes == 0 || sys_read(sys, path, SMALL_FILE_MAX, &comm, NULL) < 0)
                return;
        longer = xasprintf("%s%s%.*s (pid %d) %lld MiB", *list, **list ? ", " : "",
                           (int)strcspn(comm, "\n"), comm, h->pid, (long long)h->bytes >> 20);
        free(*list);
        *list = longer;
}

char *memory_holders(const struct sys *sys)
{
        struct holder top[HOLDERS] = { { 0 } };
        _cleanup_closedir_ DIR *dir = NULL;
        char *list = xstrdup("");

        if (sys_opendir(sys, "/proc", &dir) < 0)
                return list;
        for (struct dirent *e; (e = readdir(dir));)
                if (isdigit((unsigned char)*e->d_name))
                        holder_insert(top, (struct holder){ .pid = (int)strtol(e->d_name, NULL, 10),
                                                            .bytes = resident(sys, e->d_name) });
        for (int i = 0; i < HOLDERS; i++)
                holder_add(sys, &list, &top[i]);
        return list;
}

int disk_available(const struct sys *sys, const char *path, int64_t *out)
{
        _cleanup_free_ char *at = xstrdup(path);
        _cleanup_close_ int fd = sys_openat(sys, at, O_PATH, 0);
        struct statvfs v;

        for (char *slash; fd == -ENOENT && (slash = strrchr(at, '/')) && at[1];) {
                slash[slash == at] = '\0';
                fd = sys_openat(sys, at, O_PATH, 0);
        }
        if (fd < 0)
                return fd;
        if (fstatvfs(fd, &v) < 0)
                return -errno;
        *out = (int64_t)v.f_bavail * (int64_t)v.f_frsize;
        return 0;
}
