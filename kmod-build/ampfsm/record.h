/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* What the monitors report: one record layout for the kernel modules, the eBPF programs and their
 * readers. A record is a header and a body that the type decides; SIZE covers both and is a
 * multiple of 8, so records follow one another in a buffer without further ado. */
#ifndef AMP_RECORD_H
#define AMP_RECORD_H

#ifndef AMP_NO_LINUX_TYPES /* eBPF programs bring their own */
#include <linux/types.h>
#endif

/* The only place that names the modules; their devices are /dev/NAME. Kbuild reads these lines. */
#define AMP_FILE_MODULE "ampfsm"
#define AMP_NETWORK_MODULE "ampnetworkflow"

#define AMP_RECORD_VERSION 1
#define AMP_COMM 16
#define AMP_PATHS 960 /* bytes of all paths of a record, their 0 bytes included */

enum amp_type {
        AMP_LOST = 1, /* body: struct amp_lost */
        AMP_CREATE,   /* body: struct amp_file; mknod and symlink count as create */
        AMP_RENAME,   /* both paths */
        AMP_LINK,     /* both paths */
        AMP_UNLINK,
        AMP_CLOSE_WRITE, /* the last close of a file that was open for writing */
        AMP_CONNECT,     /* body: struct amp_network */
        AMP_ACCEPT,
        AMP_CLOSE,
};

enum amp_flags {
        AMP_PATH_CUT = 1 << 0, /* a path was too long: only its last part is told */
};

struct amp_record {
        __u16 size;
        __u8 type; /* enum amp_type */
        __u8 flags;
        __u32 pid; /* thread group, in the initial pid namespace */
        __u32 tid;
        __u32 uid;  /* in the initial user namespace */
        __u64 time; /* ns, CLOCK_MONOTONIC */
        char comm[AMP_COMM];
};

/* Paths are those inside the file system DEV (as dentry_path gives them): the reader joins them
 * with its mount table. They are 0-terminated and follow the body: the path, then the new path of
 * rename and link. */
struct amp_file {
        __u32 dev;               /* major << 20 | minor */
        __u16 path_len, new_len; /* with the 0 byte; NEW_LEN 0: none */
        __u64 ino;               /* 0: the file is not there yet */
};

struct amp_network {
        __u16 family, protocol;    /* AF_INET or AF_INET6; IPPROTO_ */
        __u16 sport, dport;        /* host byte order; 0: not known yet */
        __u8 saddr[16], daddr[16]; /* network byte order, the first 4 bytes for AF_INET */
};

/* So many events since the last such record found no room. */
struct amp_lost {
        __u64 events;
};

#endif
