// SPDX-License-Identifier: GPL-2.0
/* A kernel before 5.8: it answers EINVAL to whoever wants a ring buffer. */
#include "types.bpf.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define MAP_CREATE 0 /* the command of bpf(2) */
#define REFUSED (-22)

char LICENSE[] SEC("license") = "GPL";

union bpf_attr {
        struct {
                __u32 map_type;
        };
} __attribute__((preserve_access_index));

SEC("lsm/bpf") int BPF_PROG(without_ring, int command, union bpf_attr *attr)
{
        return command == MAP_CREATE && attr->map_type == BPF_MAP_TYPE_RINGBUF ? REFUSED : 0;
}
