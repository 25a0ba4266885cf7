/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc, by program. */
#include "host/process.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <time.h>

#include "host/process_view.h"
#include "lib/util.h"

#define PROC_FILE_MAX ((size_t)64 * 1024)
#define COMM_LENGTH 15

static int proc_read(const struct sys *sys, int pid, const char *file, char **text)
{
        _cleanup_free_ char *path = xasprintf("/proc/%d/%s", pid, file);
        int r = sys_read(sys, path, PROC_FILE_MAX, text, NULL);

        return r == -ENOENT || r == -ENOTDIR ? -ESRCH : r;
}

static int proc_link(const struct sys *sys, const char *pid, const char *file, char **text)
{
        _cleanup_free_ char *path = xasprintf("/proc/%s/%s", pid, file);
        int r = sys_readlink(sys, path, text);

        return r == -ENOENT || r == -ENOTDIR ? -ESRCH : r;
}

/* Fields of /proc/PID/stat, counted from the state, which follows the name. */
#define PARENT 1
#define START 19

/* The field with that number, a digit at its start; NULL where there is none. */
static const char *field(const char *text, int number)
{
        text += strspn(text, " ");
        for (; number > 0; number--) {
                text += strcspn(text, " ");
                text += strspn(text, " ");
        }
        return isdigit((unsigned char)*text) ? text : NULL;
}

int process_parse_stat(const char *text, int *ppid, uint64_t *start_ticks)
{
        const char *at = strrchr(text, ')'); /* the name before it may hold anything */
        const char *parent = at ? field(at + 1, PARENT) : NULL;
        const char *start = at ? field(at + 1, START) : NULL;

        if (!parent || !start)
                return -EBADMSG;
        *ppid = (int)strtol(parent, NULL, 10);
        *start_ticks = strtoull(start, NULL, 10);
        return 0;
}

static int effective_uid(const char *status, uid_t *out)
{
        const char *line = strstr(status, "\nUid:\t");
        char *end;

        if (!line)
                return -EBADMSG;
        (void)strtoul(line + strlen("\nUid:\t"), &end, 10); /* the real one */
        if (*end != '\t')
                return -EBADMSG;
        *out = (uid_t)strtoul(end, NULL, 10);
        return 0;
}

int process_read(const struct sys *sys, int pid, struct process *out)
{
        _cleanup_free_ char *stat = NULL, *status = NULL;
        struct process p = { .pid = pid };
        uint64_t ticks = 0;
        int r = proc_read(sys, pid, "stat", &stat);

        if (r == 0)
                r = proc_read(sys, pid, "status", &status);
        if (r == 0)
                r = process_parse_stat(stat, &p.ppid, &ticks);
        if (r == 0)
                r = effective_uid(status, &p.uid);
        if (r < 0)
                return r;
        p.start = ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
        *out = p;
        return 0;
}

static int link_program(const struct sys *sys, const char *pid, char **out)
{
        static const char deleted[] = " (deleted)";
        _cleanup_free_ char *text = NULL;
        int r = proc_link(sys, pid, "exe", &text);
        size_t n;

        if (r < 0)
                return r;
        n = strlen(text);
        if (n > strlen(deleted) && streq(text + n - strlen(deleted), deleted))
                text[n - strlen(deleted)] = 0;
        *out = TAKE_PTR(text);
        return 0;
}

int process_program(const struct sys *sys, int pid, char **out)
{
        char name[16];

        snprintf(name, sizeof(name), "%d", pid);
        return link_program(sys, name, out);
}

static bool ends_in(const char *text, const char *end)
{
        size_t n = strlen(text), e = strlen(end);

        return n > e && streq(text + n - e, end);
}

/* The line of systemd's own hierarchy in /proc/PID/cgroup: "0::/..." unless systemd keeps one of its
 * own ("1:name=systemd:/..."). Cuts it out of TEXT; NULL: none. */
static char *systemd_line(char *text)
{
        char *save = NULL, *found = NULL;

        for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
                char *named = strstr(line, ":name=systemd:");

                if (named)
                        return named + strlen(":name=systemd:");
                if (startswith(line, "0::"))
                        found = line + strlen("0::");
        }
        return found;
}

/* What lies below the first unit is delegated: its owner may make a group there with any name. */
int process_unit(const struct sys *sys, int pid, char **out)
{
        _cleanup_free_ char *text = NULL;
        char *save = NULL, *line;
        int r = proc_read(sys, pid, "cgroup", &text);

        if (r < 0)
                return r;
        line = systemd_line(text);
        for (char *part = line ? strtok_r(line, "/", &save) : NULL; part;
             part = strtok_r(NULL, "/", &save))
                if (ends_in(part, ".service") || ends_in(part, ".scope")) {
                        *out = xstrdup(part);
                        return 0;
                } else if (!ends_in(part, ".slice")) {
                        break;
                }
        return -ENOENT;
}

/* A container's processes stand in our /proc too, and so do those of a user who made himself a
 * namespace with a file of his own at the same path. */
static bool is_ours(const struct sys *sys, const char *pid)
{
        static const char *const spaces[] = { "ns/pid", "ns/user" };

        for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
                _cleanup_free_ char *own = NULL, *its = NULL;

                if (proc_link(sys, "self", spaces[i], &own) == 0 &&
                    proc_link(sys, pid, spaces[i], &its) == 0 && !streq(own, its))
                        return false;
        }
        return true;
}

/* Is what PID executes the file that PROGRAM names here? One that was replaced since (deleted, by an
 * update) has no name any more. */
static bool is_this_file(const struct sys *sys, const char *pid, const char *program)
{
        _cleanup_free_ char *path = xasprintf("/proc/%s", pid);
        _cleanup_close_ int dir = sys_openat(sys, path, O_PATH | O_DIRECTORY, 0);
        struct stat its, named;

        if (dir < 0 || fstatat(dir, "exe", &its, 0) < 0 || sys_stat(sys, program, &named) < 0)
                return true;
        return its.st_nlink == 0 || (its.st_dev == named.st_dev && its.st_ino == named.st_ino);
}

static bool has_name(const struct sys *sys, int pid, const char *program)
{
        _cleanup_free_ char *comm = NULL;
        const char *name = strrchr(program, '/');

        name = name ? name + 1 : program;
        return proc_read(sys, pid, "comm", &comm) == 0 &&
               strcspn(comm, "\n") == strnlen(name, COMM_LENGTH) &&
               strncmp(comm, name, strcspn(comm, "\n")) == 0;
}

static int number(const char *pid)
{
        return (int)strtol(pid, NULL, 10);
}

static int by_start(const void *a, const void *b)
{
        uint64_t x = ((const struct process *)a)->start, y = ((const struct process *)b)->start;

        return x < y ? -1 : x > y;
}

/* 1: PID executes PROGRAM; 0: it does not, or is gone; -EACCES: hidden from us. */
static int executes(const struct sys *sys, const char *pid, const char *program)
{
        _cleanup_free_ char *its = NULL;
        int r = link_program(sys, pid, &its);

        if (r == -EACCES || r == -EPERM)
                return has_name(sys, number(pid), program) ? -EACCES : 0;
        return r == 0 && streq(its, program) && is_ours(sys, pid) &&
               is_this_file(sys, pid, program);
}

/* Rules out nearly every process; the rest is looked at by way of SYS. */
static bool may_execute(const struct process_entry *e, const char *program)
{
        return !e->program || startswith(e->program, program);
}

/* Those of VIEW. */
static int find_in(const struct sys *sys, const struct process_view *view, const char *program,
                   struct process **out, size_t *n, char **why)
{
        _cleanup_free_ struct process *found = NULL;
        size_t count = 0;

        for (const struct process_entry *e = view->all; e < view->all + view->n; e++) {
                struct process p;
                int r = may_execute(e, program) ? executes(sys, e->pid, program) : 0;

                if (r < 0)
                        return fail(why, r, "/proc/%s: its program may not be seen by this user",
                                    e->pid);
                if (r == 0 || process_read(sys, number(e->pid), &p) < 0)
                        continue;
                found = xreallocarray(found, count + 1, sizeof(*found));
                found[count++] = p;
        }
        if (count)
                qsort(found, count, sizeof(*found), by_start);
        *out = TAKE_PTR(found);
        *n = count;
        return 0;
}

int process_find(const struct sys *sys, const char *program, struct process **out, size_t *n,
                 char **why)
{
        _cleanup_process_view_ struct process_view own = { 0 };
        const struct process_view *view;
        int r = process_view_now(sys, &own, &view);

        if (r < 0)
                return fail(why, r, "/proc: %s", error_text(-r));
        return find_in(sys, view, program, out, n, why);
}

int64_t boot_ms(void)
{
        struct timespec t;

        clock_gettime(CLOCK_BOOTTIME, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t process_age_ms(const struct process *process)
{
        return boot_ms() - (int64_t)process->start;
}
