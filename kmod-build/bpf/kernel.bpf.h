/* SPDX-License-Identifier: GPL-2.0 */
/* What the monitors read of the kernel's own structures. */
#ifndef SECEP_BPF_KERNEL_H
#define SECEP_BPF_KERNEL_H

#define CORE __attribute__((preserve_access_index))
#define AF_INET 2
#define AF_INET6 10
#define FMODE_WRITE 2
#define FMODE_OPENED 0x80000
#define S_IFMT 0170000
#define S_IFREG 0100000

struct qstr {
        const unsigned char *name;
} CORE;
struct super_block {
        __u32 s_dev;
} CORE;
struct inode {
        unsigned short i_mode;
        unsigned long i_ino;
} CORE;
struct dentry {
        struct dentry *d_parent;
        struct qstr d_name;
        struct inode *d_inode;
        struct super_block *d_sb;
} CORE;
struct path {
        struct dentry *dentry;
} CORE;
struct file {
        struct path f_path;
        struct inode *f_inode;
        unsigned int f_mode;
} CORE;
struct in6_addr {
        __u8 in6_u[16];
};
struct sock_common {
        __be32 skc_daddr, skc_rcv_saddr;
        __be16 skc_dport;
        __u16 skc_num;
        unsigned short skc_family;
        struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
} CORE;
struct sock {
        struct sock_common __sk_common;
        __u16 sk_protocol;
} CORE;
struct socket {
        struct sock *sk;
} CORE;
struct sockaddr {
        unsigned short sa_family;
};
struct sockaddr_in {
        unsigned short family;
        __be16 port;
        __u8 addr[4];
};
struct sockaddr_in6 {
        unsigned short family;
        __be16 port;
        __u32 flow;
        __u8 addr[16];
};

#endif
