/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/step/failing.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include "lib/util.h"
#include "tests/step/tracee.h"

enum {
        NO_ROOM = 1 << 0,   /* ENOSPC */
        BROKEN = 1 << 1,    /* EIO */
        READ_ONLY = 1 << 2, /* EROFS */
        NO_FD = 1 << 3,     /* EMFILE */
        NO_MEMORY = 1 << 4, /* ENOMEM */
        ASIDE = 1 << 5,     /* EINTR */
};
#define ANY_WRITER (NO_ROOM | BROKEN | READ_ONLY | NO_MEMORY)

static const struct {
        const char *name;
        int number;
        unsigned bit;
} errors[] = {
        { "ENOSPC", ENOSPC, NO_ROOM },   { "EIO", EIO, BROKEN },
        { "EROFS", EROFS, READ_ONLY },   { "EMFILE", EMFILE, NO_FD },
        { "ENOMEM", ENOMEM, NO_MEMORY }, { "EINTR", EINTR, ASIDE },
};

enum argument { NOTHING, FD, PATH, OPENED, OPENED2 };

/* By open(2), write(2), ...: which calls give which errors. */
static const struct failing {
        long nr;
        const char *name;
        unsigned errors;
        enum argument kind[2];
        uint8_t index[2]; /* which argument */
} calls[] = {
#ifdef SYS_open
        { SYS_open, "open", ANY_WRITER | NO_FD | ASIDE, { OPENED }, { 0 } },
#endif
        { SYS_openat, "open", ANY_WRITER | NO_FD | ASIDE, { OPENED }, { 1 } },
        { SYS_openat2, "open", ANY_WRITER | NO_FD | ASIDE, { OPENED2 }, { 1 } },
        { SYS_write, "write", NO_ROOM | BROKEN | NO_MEMORY | ASIDE, { FD }, { 0 } },
        { SYS_writev, "write", NO_ROOM | BROKEN | NO_MEMORY | ASIDE, { FD }, { 0 } },
        { SYS_pwrite64, "write", NO_ROOM | BROKEN | NO_MEMORY | ASIDE, { FD }, { 0 } },
        { SYS_sendfile, "write", NO_ROOM | BROKEN | NO_MEMORY, { FD }, { 0 } },
        { SYS_copy_file_range, "write", NO_ROOM | BROKEN | NO_MEMORY, { FD }, { 2 } },
        { SYS_fsync, "fsync", NO_ROOM | BROKEN | ASIDE, { FD }, { 0 } },
        { SYS_fdatasync, "fsync", NO_ROOM | BROKEN | ASIDE, { FD }, { 0 } },
        { SYS_ftruncate, "truncate", BROKEN | ASIDE, { FD }, { 0 } },
#ifdef SYS_rename
        { SYS_rename, "rename", ANY_WRITER, { PATH, PATH }, { 0, 1 } },
        { SYS_unlink, "unlink", BROKEN | READ_ONLY | NO_MEMORY, { PATH }, { 0 } },
        { SYS_mkdir, "mkdir", ANY_WRITER, { PATH }, { 0 } },
        { SYS_rmdir, "unlink", BROKEN | READ_ONLY | NO_MEMORY, { PATH }, { 0 } },
        { SYS_chmod, "chmod", BROKEN | READ_ONLY | NO_MEMORY, { PATH }, { 0 } },
#endif
        { SYS_renameat, "rename", ANY_WRITER, { PATH, PATH }, { 1, 3 } },
        { SYS_renameat2, "rename", ANY_WRITER, { PATH, PATH }, { 1, 3 } },
        { SYS_linkat, "link", ANY_WRITER, { PATH }, { 3 } },
        { SYS_symlinkat, "symlink", ANY_WRITER, { PATH }, { 2 } },
        { SYS_unlinkat, "unlink", BROKEN | READ_ONLY | NO_MEMORY, { PATH }, { 1 } },
        { SYS_mkdirat, "mkdir", ANY_WRITER, { PATH }, { 1 } },
        { SYS_mknodat, "mknod", ANY_WRITER, { PATH }, { 1 } },
        { SYS_fchmod, "chmod", BROKEN | READ_ONLY, { FD }, { 0 } },
        { SYS_fchmodat, "chmod", BROKEN | READ_ONLY | NO_MEMORY, { PATH }, { 1 } },
        { SYS_fchown, "chown", BROKEN | READ_ONLY, { FD }, { 0 } },
        { SYS_fchownat, "chown", BROKEN | READ_ONLY | NO_MEMORY, { PATH }, { 1 } },
        { SYS_utimensat, "utimes", BROKEN | READ_ONLY, { NOTHING }, { 0 } },
        { SYS_fsetxattr, "setxattr", NO_ROOM | BROKEN | READ_ONLY, { FD }, { 0 } },
        { SYS_mount, "mount", NO_MEMORY, { PATH }, { 1 } },
        { SYS_pipe2, "pipe", NO_FD | NO_MEMORY, { NOTHING }, { 0 } },
        { SYS_socket, "socket", NO_FD | NO_MEMORY, { NOTHING }, { 0 } },
        { SYS_memfd_create, "memfd", NO_FD | NO_MEMORY, { NOTHING }, { 0 } },
        { SYS_clone, "fork", NO_MEMORY, { NOTHING }, { 0 } },
        { SYS_wait4, "wait", ASIDE, { NOTHING }, { 0 } },
        { SYS_waitid, "wait", ASIDE, { NOTHING }, { 0 } },
        { SYS_poll, "poll", ASIDE, { NOTHING }, { 0 } },
        { SYS_ppoll, "poll", ASIDE, { NOTHING }, { 0 } },
};

int failing_error(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
                if (streq(name, errors[i].name))
                        return errors[i].number;
        return 0;
}

static unsigned bit_of(int error)
{
        for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
                if (error == errors[i].number)
                        return errors[i].bit;
        return 0;
}

void failing_watch(int error)
{
        long numbers[ARRAY_SIZE(calls)];
        size_t n = 0;
        for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
                if (calls[i].errors & bit_of(error))
                        numbers[n++] = calls[i].nr;
        tracee_watch(numbers, n);
}

/* Of a file that is only read no writer's error comes. */
static bool opens_so(pid_t pid, const struct failing *call, const uint64_t *args, unsigned bit)
{
        uint64_t flags = args[call->index[0] + 1];
        if (call->kind[0] == OPENED2) /* struct open_how begins with them */
                flags = (uint64_t)ptrace(PTRACE_PEEKDATA, pid, (void *)(uintptr_t)args[2], NULL);
        bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
        return writes || bit == NO_FD;
}

static char *argument(pid_t pid, const struct failing *call, int i, const uint64_t *args)
{
        uint64_t value = args[call->index[i]];
        if (call->kind[i] == NOTHING)
                return xstrdup("");
        return call->kind[i] == FD ? tracee_fd(pid, value) : tracee_path(pid, value);
}

/* A pipe has no disk below it. */
static bool is_no_file(const char *name)
{
        return startswith(name, "pipe:[") || startswith(name, "socket:[");
}

char *failing_call(pid_t pid, int error)
{
        struct __ptrace_syscall_info info;
        unsigned bit = bit_of(error);
        if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 ||
            info.op != PTRACE_SYSCALL_INFO_SECCOMP)
                return NULL;
        for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
                const struct failing *call = &calls[i];
                const uint64_t *args = (const uint64_t *)info.seccomp.args;
                if (call->nr != (long)info.seccomp.nr || !(call->errors & bit))
                        continue;
                if (call->kind[0] >= OPENED && !opens_so(pid, call, args, bit))
                        return NULL;
                _cleanup_free_ char *first = argument(pid, call, 0, args);
                _cleanup_free_ char *second = argument(pid, call, 1, args);
                if (bit & (NO_ROOM | BROKEN) && is_no_file(first))
                        return NULL;
                return xasprintf("%s %s %s", call->name, first, second);
        }
        return NULL;
}

void failing_do(pid_t pid, int error)
{
#ifdef __x86_64__
        struct user_regs_struct regs;
        if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) == 0) {
                regs.orig_rax = (unsigned long long)-1;
                regs.rax = (unsigned long long)-(long long)error;
                if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) == 0)
                        return;
        }
        perror("step: the call cannot be made to fail");
#else
        (void)pid;
        (void)error;
        fprintf(stderr, "step: calls fail on x86_64 only\n");
#endif
        exit(125);
}
