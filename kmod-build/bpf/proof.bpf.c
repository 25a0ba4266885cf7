// SPDX-License-Identifier: GPL-2.0
/* The proof: does an event made on purpose arrive? Nothing of the kernel's memory is read, so there
 * is nothing to relocate, and the programs load on a kernel without BTF. */
#include "types.bpf.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* Who makes the event (a name nobody else has; a pid would be another one in a pid namespace), and
 * the system calls that make it. */
const volatile char maker[16];
const volatile long calls[4];
__u64 hits;

static __always_inline int hit(void)
{
        char comm[16] = { 0 };

        bpf_get_current_comm(comm, sizeof(comm));
        /* what stands behind the 0 byte is anything */
        for (int i = 0; i < 16; i++) {
                if (comm[i] != maker[i])
                        return 0;
                if (!comm[i])
                        break;
        }
        __sync_fetch_and_add(&hits, 1);
        return 0;
}

SEC("fentry/security_inode_rename") int file_fentry(void *ctx)
{
        return hit();
}

SEC("kprobe/security_inode_rename") int file_kprobe(void *ctx)
{
        return hit();
}

SEC("raw_tp/sys_enter") int file_raw_tp(struct bpf_raw_tracepoint_args *ctx)
{
        long call = ctx->args[1];

        for (int i = 0; i < 4; i++)
                if (call == calls[i])
                        return hit();
        return 0;
}

SEC("fentry/security_socket_connect") int network_fentry(void *ctx)
{
        return hit();
}

SEC("kprobe/security_socket_connect") int network_kprobe(void *ctx)
{
        return hit();
}

SEC("raw_tp/inet_sock_set_state") int network_raw_tp(void *ctx)
{
        return hit();
}
