/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel lets the domain it is started in do, for tests:   selinux-try bpf|perf|wait */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool told(const char *what, long fd)
{
        printf("%s: %s\n", what, fd < 0 ? strerror(errno) : "allowed");
        if (fd >= 0)
                close((int)fd);
        return fd >= 0;
}

static int try_bpf(void)
{
        union bpf_attr map = {
                .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1
        };
        const struct bpf_insn code[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K },
                                         { .code = BPF_JMP | BPF_EXIT } };
        union bpf_attr program = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
                                   .insns = (uintptr_t)code,
                                   .insn_cnt = 2,
                                   .license = (uintptr_t) "GPL" };
        bool made = told("map", syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map)));
        bool loaded = told("program", syscall(SYS_bpf, BPF_PROG_LOAD, &program, sizeof(program)));
        return !(made && loaded);
}

static int try_perf(void)
{
        struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
                                        .size = sizeof(attr),
                                        .config = PERF_COUNT_SW_CPU_CLOCK };
        return !told("perf", syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

int main(int argc, char **argv)
{
        if (argc == 2 && strcmp(argv[1], "bpf") == 0)
                return try_bpf();
        if (argc == 2 && strcmp(argv[1], "perf") == 0)
                return try_perf();
        if (argc == 2 && strcmp(argv[1], "wait") == 0)
                return pause();
        fputs("usage: selinux-try bpf|perf|wait\n", stderr);
        return 2;
}
