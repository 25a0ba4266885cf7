/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plug-in secep-seccomp.so: the door's filter, by libseccomp. Symbol: secep_seccomp. What a package
 * or a compiler never needs is refused with EPERM; all else is left to capabilities and mounts. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "lib/door.h"
#include "lib/util.h"

/* Names a libseccomp does not know yet are passed over: it cannot build rules for them, and the
 * kernels that have them refuse for want of a capability. */
static const char *const refused[] = {
        /* mounts and roots */
        "mount",
        "umount",
        "umount2",
        "pivot_root",
        "move_mount",
        "open_tree",
        "fsopen",
        "fsconfig",
        "fsmount",
        "fspick",
        "mount_setattr",
        "open_tree_attr",
        /* namespaces */
        "unshare",
        "setns",
        /* the kernel itself */
        "init_module",
        "finit_module",
        "delete_module",
        "create_module",
        "kexec_load",
        "kexec_file_load",
        "bpf",
        "perf_event_open",
        "reboot",
        "swapon",
        "swapoff",
        "acct",
        "iopl",
        "ioperm",
        "syslog",
        "lookup_dcookie",
        "nfsservctl",
        "quotactl",
        "quotactl_fd",
        "vhangup",
        "userfaultfd",
        "io_uring_setup",
        "io_uring_enter",
        "io_uring_register",
        "fanotify_init",
        /* other processes, keys, files by handle */
        "ptrace",
        "process_vm_readv",
        "process_vm_writev",
        "pidfd_getfd",
        "kcmp",
        "keyctl",
        "add_key",
        "request_key",
        "open_by_handle_at",
        "name_to_handle_at",
        /* what the host shares: clock and name */
        "settimeofday",
        "clock_settime",
        "clock_settime64",
        "clock_adjtime",
        "clock_adjtime64",
        "adjtimex",
        "stime",
        "sethostname",
        "setdomainname",
};

#define NAMESPACES                                                                                 \
        (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | \
         0x02000000 /* CLONE_NEWCGROUP */ | 0x00000080 /* CLONE_NEWTIME */)

/* clone(2) takes its flags in its first argument (on s390 in the second). A flag each, since a
 * masked comparison tests for equality. */
static int refuse_namespaces(scmp_filter_ctx ctx)
{
#ifdef __s390x__
        const unsigned argument = 1;
#else
        const unsigned argument = 0;
#endif
        for (unsigned bit = 0; bit < 32; bit++) {
                uint64_t flag = 1ULL << bit;
                if (!(NAMESPACES & flag) || flag == 0x80) /* in clone the low byte is a signal */
                        continue;
                int r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                                         SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, flag, flag));
                if (r < 0)
                        return r;
        }
        /* its flags are in memory, where no filter reads: the C library falls back to clone */
        int clone3 = seccomp_syscall_resolve_name("clone3");
        return clone3 == __NR_SCMP_ERROR ? 0
                                         : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), clone3, 0);
}

/* Characters put into a terminal's input. */
static int refuse_input(scmp_filter_ctx ctx)
{
        static const uint64_t requests[] = { TIOCSTI, TIOCLINUX, TIOCSETD };
        int r = 0;
        for (size_t i = 0; i < ARRAY_SIZE(requests) && r == 0; i++)
                r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
                                     SCMP_CMP(1, SCMP_CMP_MASKED_EQ, 0xffffffff, requests[i]));
        return r;
}

/* A node of a device can be made by nobody. */
static int refuse_nodes(scmp_filter_ctx ctx)
{
        static const uint64_t types[] = { S_IFCHR, S_IFBLK };
        int r = 0;
        for (size_t i = 0; i < ARRAY_SIZE(types) && r == 0; i++) {
                r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mknod), 1,
                                     SCMP_CMP(1, SCMP_CMP_MASKED_EQ, S_IFMT, types[i]));
                if (r == 0)
                        r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mknodat), 1,
                                             SCMP_CMP(2, SCMP_CMP_MASKED_EQ, S_IFMT, types[i]));
        }
        return r;
}

static int refuse_all(scmp_filter_ctx ctx)
{
        for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
                int call = seccomp_syscall_resolve_name(refused[i]);
                int r = call == __NR_SCMP_ERROR
                                ? 0
                                : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), call, 0);
                if (r < 0 && r != -EDOM) /* not a call of this architecture */
                        return r;
        }
        return 0;
}

static int load(enum door_profile profile)
{
        (void)profile; /* one list for all: none of the three needs one of these */
        scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
        if (!ctx)
                return -ENOMEM;
        /* no_new_privs is the caller's to decide; programs of another architecture are killed, but
         * for the 32-bit ones of a PC */
        int r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 0);
#ifdef __x86_64__
        if (r == 0)
                r = seccomp_arch_add(ctx, SCMP_ARCH_X86);
#endif
        if (r == 0)
                r = refuse_all(ctx);
        if (r == 0)
                r = refuse_namespaces(ctx);
        if (r == 0)
                r = refuse_input(ctx);
        if (r == 0)
                r = refuse_nodes(ctx);
        if (r == 0)
                r = seccomp_load(ctx);
        seccomp_release(ctx);
        return r;
}

extern const struct door_filter secep_seccomp;
const struct door_filter secep_seccomp = { .load = load };
