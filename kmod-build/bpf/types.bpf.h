/* SPDX-License-Identifier: GPL-2.0 */
/* The few kernel types the programs look into, with nothing but the members they read: the loader
 * finds the offsets in the running kernel's BTF. No vmlinux.h, so no BTF where we are built. */
#ifndef SECEP_BPF_TYPES_H
#define SECEP_BPF_TYPES_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

enum {
        BPF_MAP_TYPE_ARRAY = 2,
        BPF_MAP_TYPE_PERF_EVENT_ARRAY = 4,
        BPF_MAP_TYPE_PERCPU_ARRAY = 6,
        BPF_MAP_TYPE_RINGBUF = 27
};
#define BPF_F_CURRENT_CPU 0xffffffffULL
#define BPF_RB_NO_WAKEUP 1
#define BPF_RB_FORCE_WAKEUP 2
#define BPF_RB_AVAIL_DATA 0

struct pt_regs {
#if defined(__TARGET_ARCH_arm64)
        unsigned long dummy;
#else
        unsigned long r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi,
                orig_rax, rip, cs, eflags, rsp, ss;
#endif
};
struct user_pt_regs {
        unsigned long regs[31], sp, pc, pstate;
};
struct bpf_raw_tracepoint_args {
        __u64 args[0];
};

#endif
