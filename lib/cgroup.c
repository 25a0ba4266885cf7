/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A control group for a child. */
#include "lib/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "lib/io.h"
#include "lib/util.h"

#define CGROUP2_MAGIC 0x63677270 /* linux/magic.h */
#define TRIES 3                  /* one of them may have started another meanwhile */
#define EMPTY_MS 2000            /* what was killed is gone */

static int put(int at, const char *name, const char *text)
{
        _cleanup_close_ int fd = openat(at, name, O_WRONLY | O_CLOEXEC);
        return fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
}

static int get(int at, const char *name, char *text, size_t size)
{
        _cleanup_close_ int fd = openat(at, name, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);
        if (n < 0)
                return -errno;
        text[n] = '\0';
        return 0;
}

/* Where version 2 is mounted, as a whole: malloc'ed, or NULL. */
static char *mounted_at(void)
{
        _cleanup_fclose_ FILE *f = fopen("/proc/self/mountinfo", "re");
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        while (f && getline(&line, &size, f) > 0) {
                char top[256], at[256];
                if (strstr(line, " - cgroup2 ") &&
                    sscanf(line, "%*s %*s %*s %255s %255s", top, at) == 2 && streq(top, "/"))
                        return xstrdup(at);
        }
        return NULL;
}

static int own_group(void)
{
        _cleanup_free_ char *top = mounted_at(), *line = NULL, *path = NULL;
        _cleanup_fclose_ FILE *f = fopen("/proc/self/cgroup", "re");
        size_t size = 0;
        while (top && !path && f && getline(&line, &size, f) > 0)
                if (startswith(line, "0::/")) {
                        line[strcspn(line, "\n")] = '\0';
                        path = xasprintf("%s%s", top, line + strlen("0::"));
                }
        if (!path)
                return -ENOENT;
        _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct statfs fs;
        if (fd < 0 || fstatfs(fd, &fs) < 0)
                return -errno;
        return fs.f_type == CGROUP2_MAGIC ? TAKE_FD(fd) : -ENOENT;
}

static bool is_delegated(int fd)
{
        static const char *const marks[] = { "user.delegate", "trusted.delegate" };
        for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
                char text[4] = "";
                if (fgetxattr(fd, marks[i], text, sizeof(text) - 1) == 1 && *text == '1')
                        return true;
        }
        return false;
}

/* The group handed to us: the one this process is in, or where that is a DelegateSubgroup= the one
 * above it. */
static int handed_group(bool *delegated)
{
        _cleanup_close_ int own = own_group();
        if (own < 0)
                return own;
        *delegated = true;
        if (is_delegated(own))
                return TAKE_FD(own);
        _cleanup_close_ int above = openat(own, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (above >= 0 && is_delegated(above))
                return TAKE_FD(above);
        *delegated = false;
        return access("/run/systemd/system", F_OK) < 0 && errno == ENOENT ? TAKE_FD(own) : -EPERM;
}

/* What is in a unit that was handed on is of that unit: this process and who started it. */
static void move_all(int from, int to)
{
        static char pids[65536];
        if (get(from, "cgroup.procs", pids, sizeof(pids)) < 0)
                return;
        char *save = NULL;
        for (char *pid = strtok_r(pids, "\n", &save); pid; pid = strtok_r(NULL, "\n", &save))
                (void)put(to, "cgroup.procs", pid);
}

static bool has_word(const char *text, const char *word)
{
        size_t n = strlen(word);
        for (const char *p = text; (p = strstr(p, word)); p += n)
                if ((p == text || p[-1] == ' ') && strchr(" \n", p[n]))
                        return true;
        return false;
}

static int make_below(int own, const char *name)
{
        if (mkdirat(own, name, 0755) < 0)
                return -errno;
        int fd = openat(own, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

/* Limits are for groups below one without a process, but for the topmost of all. */
static int hand_down(struct cgroup *g, bool delegated)
{
        static const char want[] = "+memory +pids";
        char there[512] = "";
        int r = get(g->own, "cgroup.controllers", there, sizeof(there));
        if (r == 0 && (!has_word(there, "memory") || !has_word(there, "pids")))
                r = -EOPNOTSUPP;
        if (r == 0)
                r = put(g->own, "cgroup.subtree_control", want);
        if (r != -EBUSY)
                return r;
        g->leaf = make_below(g->own, g->leaf_name);
        r = g->leaf < 0 ? g->leaf : -EBUSY;
        for (unsigned tries = 0; r == -EBUSY && tries < TRIES; tries++) {
                if (delegated)
                        move_all(g->own, g->leaf);
                else
                        (void)put(g->leaf, "cgroup.procs", "0");
                r = put(g->own, "cgroup.subtree_control", want);
        }
        return r;
}

static int limit(int fd, unsigned long long memory, unsigned processes)
{
        char bytes[32], number[16];
        snprintf(bytes, sizeof(bytes), "%llu", memory);
        snprintf(number, sizeof(number), "%u", processes);
        int r = put(fd, "memory.max", bytes);
        if (r == 0)
                r = put(fd, "pids.max", number);
        /* not every kernel has swap in it, or ends a group as one */
        (void)put(fd, "memory.swap.max", "0");
        (void)put(fd, "memory.oom.group", "1");
        return r;
}

int cgroup_make(unsigned long long memory, unsigned processes, struct cgroup *out)
{
        struct cgroup g = CGROUP_NONE;
        bool delegated = false;
        g.own = handed_group(&delegated);
        if (g.own < 0)
                return g.own;
        snprintf(g.name, sizeof(g.name), "secep-work.%d", getpid());
        snprintf(g.leaf_name, sizeof(g.leaf_name), "secep.%d", getpid());
        int r = hand_down(&g, delegated);
        if (r == 0) {
                g.fd = make_below(g.own, g.name);
                r = g.fd < 0 ? g.fd : limit(g.fd, memory, processes);
        }
        if (r < 0) {
                cgroup_free(&g);
                return r;
        }
        *out = g;
        return 0;
}

int cgroup_join(int fd)
{
        return put(fd, "cgroup.procs", "0");
}

bool cgroup_out_of_memory(const struct cgroup *group)
{
        char text[512];
        if (group->fd < 0 || get(group->fd, "memory.events", text, sizeof(text)) < 0)
                return false;
        const char *line = strstr(text, "\noom_kill ");
        return line && strtol(line + strlen("\noom_kill "), NULL, 10) > 0;
}

/* Until nobody is in it. */
static void empty(int fd)
{
        _cleanup_close_ int events = openat(fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
        int64_t end = now_ms() + EMPTY_MS;
        (void)put(fd, "cgroup.kill", "1"); /* since Linux 5.14; the door's init took all with it */
        while (events >= 0) {
                char text[256];
                ssize_t n = pread(events, text, sizeof(text) - 1, 0);
                int64_t left = end - now_ms();
                text[n > 0 ? n : 0] = '\0';
                struct pollfd p = { .fd = events, .events = POLLPRI };
                if (n <= 0 || strstr(text, "populated 0") || left <= 0 ||
                    poll(&p, 1, (int)left) < 0)
                        return;
        }
}

void cgroup_free(struct cgroup *group)
{
        if (group->fd >= 0) {
                empty(group->fd);
                close(group->fd);
                (void)unlinkat(group->own, group->name, AT_REMOVEDIR);
        }
        if (group->leaf >= 0) {
                (void)put(group->own, "cgroup.subtree_control", "-memory -pids");
                move_all(group->leaf, group->own);
                close(group->leaf);
                (void)unlinkat(group->own, group->leaf_name, AT_REMOVEDIR);
        }
        cleanup_close(&group->own);
        *group = (struct cgroup)CGROUP_NONE;
}
