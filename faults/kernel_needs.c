/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of kernel_needs.h: nothing but data. */
#include "faults/kernel_needs.h"

#include <stddef.h>

#include "lib/i18n.h"

const char *const kernel_parts[PARTS] = {
        [PART_FILES] = N_("file monitoring"),
        [PART_NETWORK] = N_("network monitoring"),
        [PART_PROCESSES] = N_("process monitoring"),
};

const struct kernel_function kernel_functions[KERNEL_FUNCTIONS] = {
        { "security_inode_create", PART_FILES, FORM_CORE, "SECURITY", false },
        { "security_inode_mknod", PART_FILES, FORM_CORE, "SECURITY", false },
        { "security_inode_link", PART_FILES, FORM_CORE, "SECURITY", false },
        { "security_inode_symlink", PART_FILES, FORM_CORE, "SECURITY", false },
        { "security_inode_unlink", PART_FILES, FORM_CORE, "SECURITY", false },
        { "security_inode_rename", PART_FILES, FORM_CORE, "SECURITY", false },
        { "vfs_read", PART_FILES, FORM_ANY, NULL, false },
        { "vfs_readv", PART_FILES, FORM_CORE, NULL, false },
        { "vfs_write", PART_FILES, FORM_ANY, NULL, false },
        { "vfs_writev", PART_FILES, FORM_CORE, NULL, false },
        { "vfs_truncate", PART_FILES, FORM_CORE, NULL, false },
        { "do_truncate", PART_FILES, FORM_ANY, NULL, false },
        { "__fput", PART_FILES, FORM_ANY, NULL, false },
        { "vfs_open", PART_FILES, FORM_BCC, NULL, false },
        { "vfs_symlink", PART_FILES, FORM_BCC, NULL, false },
        { "vfs_link", PART_FILES, FORM_BCC, NULL, false },
        { "vfs_rename", PART_FILES, FORM_BCC, NULL, false },
        { "vfs_unlink", PART_FILES, FORM_BCC, NULL, false },
        { "inet_csk_accept", PART_NETWORK, FORM_ANY, "INET", true },
        { "security_socket_connect", PART_NETWORK, FORM_CORE, "SECURITY_NETWORK", false },
        { "security_socket_listen", PART_NETWORK, FORM_CORE, "SECURITY_NETWORK", false },
        { "security_socket_recvmsg", PART_NETWORK, FORM_CORE, "SECURITY_NETWORK", false },
        { "security_socket_sendmsg", PART_NETWORK, FORM_CORE, "SECURITY_NETWORK", false },
        { "inet_stream_connect", PART_NETWORK, FORM_BCC, "INET", false },
        { "inet_sendmsg", PART_NETWORK, FORM_BCC, "INET", false },
        { "inet_recvmsg", PART_NETWORK, FORM_BCC, "INET", false },
        { "inet_listen", PART_NETWORK, FORM_BCC, "INET", false },
        { "inet_release", PART_NETWORK, FORM_ANY, "INET", false },
        { "inet6_release", PART_NETWORK, FORM_ANY, "IPV6", false },
        { "wake_up_new_task", PART_PROCESSES, FORM_ANY, NULL, false },
        { "proc_exec_connector", PART_PROCESSES, FORM_ANY, "PROC_EVENTS", false },
        { "acct_process", PART_PROCESSES, FORM_ANY, "BSD_PROCESS_ACCT", false },
};

const struct kernel_feature kernel_features[KERNEL_FEATURES] = {
        { "KPROBE_EVENTS", "/sys/bus/event_source/devices/kprobe", "kprobe_dispatcher", NULL },
        { "KPROBES", NULL, "register_kprobe", "KPROBE_EVENTS" },
        { "BPF_EVENTS", NULL, "trace_call_bpf", NULL },
        { "BPF_SYSCALL", "/proc/sys/kernel/unprivileged_bpf_disabled", "bpf_check", "BPF_EVENTS" },
};

/* There is the structure since Linux 5.12; old_dir has become old_parent, seen in 7.2. */
const struct kernel_member kernel_members[KERNEL_MEMBERS] = {
        { "linux/fs.h", "renamedata", "old_dir", PART_FILES, FORM_BCC },
};

const struct kernel_map kernel_maps[KERNEL_MAPS] = {
        { "hash", NULL, FORM_ANY },
        { "array", NULL, FORM_ANY },
        { "percpu_array", NULL, FORM_ANY },
        { "lru_hash", NULL, FORM_ANY },
        { "ringbuf", "perf_event_array", FORM_CORE },
        { "perf_event_array", NULL, FORM_BCC },
        { "prog_array", NULL, FORM_BCC },
};
