// SPDX-License-Identifier: GPL-2.0
/* The second question: does a program with a CO-RE relocation load? It asks for BTF. */
#include "types.bpf.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

char LICENSE[] SEC("license") = "GPL";

struct task_struct {
        int tgid;
} __attribute__((preserve_access_index));

int seen;

SEC("raw_tp/sys_enter") int core(void *ctx)
{
        struct task_struct *task = (void *)bpf_get_current_task();

        seen = BPF_CORE_READ(task, tgid);
        return 0;
}
