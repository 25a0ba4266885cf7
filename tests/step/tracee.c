/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stepper asks of a stopped process: the call it is in, the paths of its arguments. */
#include "tests/step/tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include "lib/util.h"

enum argument { ARG_NONE, ARG_FD, ARG_PATH };

static const struct watched {
        long nr;
        const char *name;
        enum argument kind[2];
        int index[2]; /* which argument of the call */
        bool after;
} watched[] = {
        { SYS_write, "write", { ARG_FD }, { 0 }, false },
        { SYS_writev, "write", { ARG_FD }, { 0 }, false },
        { SYS_pwrite64, "write", { ARG_FD }, { 0 }, false },
        { SYS_fsync, "fsync", { ARG_FD }, { 0 }, true },
        { SYS_fdatasync, "fsync", { ARG_FD }, { 0 }, true },
#ifdef SYS_rename
        { SYS_rename, "rename", { ARG_PATH, ARG_PATH }, { 0, 1 }, true },
#endif
        { SYS_renameat, "rename", { ARG_PATH, ARG_PATH }, { 1, 3 }, true },
        { SYS_renameat2, "rename", { ARG_PATH, ARG_PATH }, { 1, 3 }, true },
        { SYS_linkat, "link", { ARG_PATH }, { 3 }, true },
        { SYS_mount, "mount", { ARG_PATH }, { 1 }, true },
        { SYS_umount2, "umount", { ARG_PATH }, { 0 }, true },
};

void tracee_watch(const long *numbers, size_t n)
{
        struct sock_filter filter[WATCHED_MOST + 3];
        if (n > WATCHED_MOST)
                _exit(125);
        filter[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                 offsetof(struct seccomp_data, nr));
        for (size_t i = 0; i < n; i++)
                filter[i + 1] = (struct sock_filter)BPF_JUMP(
                        BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)numbers[i], (uint8_t)(n - i), 0);
        filter[n + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        filter[n + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
        struct sock_fprog program = { (unsigned short)(n + 3), filter };
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
                perror("step: seccomp");
                _exit(125);
        }
}

void tracee_watch_calls(void)
{
        long numbers[ARRAY_SIZE(watched)];
        for (size_t i = 0; i < ARRAY_SIZE(watched); i++)
                numbers[i] = watched[i].nr;
        tracee_watch(numbers, ARRAY_SIZE(watched));
}

char *tracee_path(pid_t pid, uint64_t address)
{
        char text[PATH_MAX];
        size_t n = 0;
        for (; n + sizeof(long) < sizeof(text); n += sizeof(long)) {
                errno = 0;
                long word = ptrace(PTRACE_PEEKDATA, pid, (void *)(uintptr_t)(address + n), NULL);
                if (errno)
                        return xstrdup("?");
                memcpy(text + n, &word, sizeof(word));
                if (memchr(&word, 0, sizeof(word)))
                        break;
        }
        text[n + sizeof(long) < sizeof(text) ? n + sizeof(long) : sizeof(text) - 1] = 0;
        return xstrdup(text);
}

char *tracee_fd(pid_t pid, uint64_t fd)
{
        _cleanup_free_ char *link = xasprintf("/proc/%d/fd/%d", (int)pid, (int)fd);
        char text[PATH_MAX] = "?";
        ssize_t n = readlink(link, text, sizeof(text) - 1);
        text[n < 0 ? 1 : n] = 0;
        return xstrdup(text);
}

char *tracee_call(pid_t pid, bool *after)
{
        struct __ptrace_syscall_info info;
        if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 ||
            info.op != PTRACE_SYSCALL_INFO_SECCOMP)
                return NULL;
        for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
                const struct watched *w = &watched[i];
                if (w->nr != (long)info.seccomp.nr)
                        continue;
                _cleanup_free_ char *first =
                        w->kind[0] == ARG_FD ? tracee_fd(pid, info.seccomp.args[w->index[0]])
                                             : tracee_path(pid, info.seccomp.args[w->index[0]]);
                if (w->kind[0] == ARG_FD && !strstr(first, "/var/lib/secep/"))
                        return NULL;
                _cleanup_free_ char *second =
                        w->kind[1] == ARG_NONE ? xstrdup("")
                                               : tracee_path(pid, info.seccomp.args[w->index[1]]);
                *after = w->after;
                return xasprintf("%s %s%s%s", w->name, first, *second ? " " : "", second);
        }
        return NULL;
}

char *tracee_name(pid_t pid)
{
        _cleanup_free_ char *link = xasprintf("/proc/%d/exe", (int)pid);
        char text[PATH_MAX] = "?";
        ssize_t n = readlink(link, text, sizeof(text) - 1);
        text[n < 0 ? 1 : n] = 0;
        const char *slash = strrchr(text, '/');
        return xstrdup(slash ? slash + 1 : text);
}
