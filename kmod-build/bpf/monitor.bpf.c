// SPDX-License-Identifier: GPL-2.0
/* The eBPF monitors: the modules' records, from the same functions. Each function has a program for
 * fentry and one for kprobe; the loader takes what the kernel has. */
#include "types.bpf.h"
#include "kernel.bpf.h"
#include "record.bpf.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define COMPONENTS 6 /* of a path, from its end */

/* The compiler must not think it knows better than the verifier. */
#define AT(paths, offset)                                                                          \
        ({                                                                                         \
                __u32 at_ = (offset);                                                              \
                asm volatile("" : "+r"(at_));                                                      \
                &(paths)[at_ & 1023];                                                              \
        })

/* A member of a kernel struct. An fentry program knows what its arguments point to and reads
 * DIRECTly, a load in place of a call; the others go by a helper. */
#define GET(direct, p, member) ((direct) ? (p)->member : BPF_CORE_READ(p, member))

/* Writes the path of DENTRY at OFFSET of the paths; the offset behind its 0 byte. */
static __always_inline __u32 put_path(struct scratch *s, const _Bool direct, struct dentry *dentry,
                                      __u32 offset)
{
        struct dentry *chain[COMPONENTS];
        __u32 limit = offset + PATH_ROOM - 2;
        int n = 0;

#pragma unroll
        for (int i = 0; i < COMPONENTS; i++) {
                struct dentry *parent;

                chain[i] = 0;
                if (n != i)
                        continue;
                parent = GET(direct, dentry, d_parent);
                if (parent && parent != dentry) {
                        chain[i] = dentry;
                        dentry = parent;
                        n = i + 1;
                }
        }
        if (n == COMPONENTS && GET(direct, dentry, d_parent) != dentry)
                s->record.flags |= AMP_PATH_CUT;
        if (n == 0)
                *AT(s->paths, offset++) = '/';
#pragma unroll
        for (int i = COMPONENTS - 1; i >= 0; i--) {
                const unsigned char *name;
                long len;

                if (!chain[i])
                        continue;
                if (offset >= limit - NAME_ROOM) {
                        s->record.flags |= AMP_PATH_CUT;
                        continue;
                }
                *AT(s->paths, offset) = '/';
                offset++;
                name = GET(direct, chain[i], d_name.name);
                len = bpf_probe_read_kernel_str(AT(s->paths, offset), NAME_ROOM, name);
                if (len > 1)
                        offset += (len - 1) & 255;
        }
        *AT(s->paths, offset) = 0;
        return offset + 1;
}

static __always_inline int file_event(void *ctx, const _Bool direct, __u8 type,
                                      struct dentry *dentry, struct dentry *other)
{
        struct scratch *s = begin(type);
        struct super_block *sb;
        struct inode *inode;
        __u32 one, all;

        if (!s || !dentry)
                return 0;
        inode = GET(direct, dentry, d_inode);
        sb = GET(direct, dentry, d_sb);
        s->file.dev = GET(direct, sb, s_dev);
        s->file.ino = inode ? GET(direct, inode, i_ino) : 0;
        one = all = put_path(s, direct, dentry, 0);
        if (other)
                all = put_path(s, direct, other, one);
        s->file.path_len = one;
        s->file.new_len = all - one;
        end(ctx, s, sizeof(struct amp_record) + sizeof(struct amp_file) + all);
        return 0;
}

static __always_inline int fput_event(void *ctx, const _Bool direct, struct file *file)
{
        const __u32 written = FMODE_WRITE | FMODE_OPENED;
        struct inode *inode = GET(direct, file, f_inode);

        /* a failed open ends here too, with no inode */
        if ((GET(direct, file, f_mode) & written) != written ||
            (GET(direct, inode, i_mode) & S_IFMT) != S_IFREG)
                return 0;
        return file_event(ctx, direct, AMP_CLOSE_WRITE, GET(direct, file, f_path.dentry), 0);
}

static __always_inline int network_event(void *ctx, __u8 type, struct sock *sk,
                                         struct sockaddr *address)
{
        __u16 family = sk ? BPF_CORE_READ(sk, __sk_common.skc_family) : 0;
        struct scratch *s;

        if (family != AF_INET && family != AF_INET6)
                return 0;
        s = begin(type);
        if (!s)
                return 0;
        __builtin_memset(&s->network, 0, sizeof(s->network));
        s->network.family = family;
        s->network.protocol = BPF_CORE_READ(sk, sk_protocol);
        s->network.sport = BPF_CORE_READ(sk, __sk_common.skc_num);
        s->network.dport = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
        if (family == AF_INET) {
                BPF_CORE_READ_INTO(&*(__be32 *)s->network.saddr, sk, __sk_common.skc_rcv_saddr);
                BPF_CORE_READ_INTO(&*(__be32 *)s->network.daddr, sk, __sk_common.skc_daddr);
        } else if (bpf_core_field_exists(((struct sock_common *)0)->skc_v6_daddr)) {
                BPF_CORE_READ_INTO(&*(struct in6_addr *)s->network.saddr, sk,
                                   __sk_common.skc_v6_rcv_saddr);
                BPF_CORE_READ_INTO(&*(struct in6_addr *)s->network.daddr, sk,
                                   __sk_common.skc_v6_daddr);
        }
        if (address) {
                struct sockaddr_in6 to = { 0 };

                bpf_probe_read_kernel(&to, sizeof(to), address);
                s->network.dport = __builtin_bswap16(to.port);
                if (to.family == AF_INET) {
                        s->network.family = AF_INET;
                        __builtin_memcpy(s->network.daddr, &((struct sockaddr_in *)&to)->addr, 4);
                } else {
                        __builtin_memcpy(s->network.daddr, to.addr, 16);
                }
        }
        end(ctx, s, sizeof(struct amp_record) + sizeof(struct amp_network));
        return 0;
}

static __always_inline int connect_event(void *ctx, struct socket *sock, struct sockaddr *address)
{
        __u16 family = 0;

        bpf_probe_read_kernel(&family, sizeof(family), address);
        if (family != AF_INET && family != AF_INET6)
                return 0;
        return network_event(ctx, AMP_CONNECT, BPF_CORE_READ(sock, sk), address);
}

static __always_inline int release_event(void *ctx, struct socket *sock)
{
        struct sock *sk = BPF_CORE_READ(sock, sk);

        if (!sk || !BPF_CORE_READ(sk, __sk_common.skc_dport))
                return 0;
        return network_event(ctx, AMP_CLOSE, sk, 0);
}

/* fentry hands the arguments as an array of 64-bit words, kprobe as registers. */
#define BOTH(name, function, a, b, call)                                                           \
        SEC("fentry/" #function) int name##_fentry(__u64 *ctx)                                     \
        {                                                                                          \
                const _Bool direct = 1;                                                            \
                void *a0 = (void *)ctx[a], *a1 = (void *)ctx[b];                                   \
                return call;                                                                       \
        }                                                                                          \
        SEC("kprobe/" #function) int name##_kprobe(struct pt_regs *ctx)                            \
        {                                                                                          \
                const _Bool direct = 0;                                                            \
                void *a0 = (void *)PT_REGS_PARM##a##_OF(ctx),                                      \
                     *a1 = (void *)PT_REGS_PARM##b##_OF(ctx);                                      \
                return call;                                                                       \
        }
#define PT_REGS_PARM0_OF(x) PT_REGS_PARM1(x)
#define PT_REGS_PARM1_OF(x) PT_REGS_PARM2(x)
#define PT_REGS_PARM2_OF(x) PT_REGS_PARM3(x)
#define PT_REGS_PARM3_OF(x) PT_REGS_PARM4(x)

BOTH(file_create, security_inode_create, 0, 1, file_event(ctx, direct, AMP_CREATE, a1, 0))
BOTH(file_mknod, security_inode_mknod, 0, 1, file_event(ctx, direct, AMP_CREATE, a1, 0))
BOTH(file_symlink, security_inode_symlink, 0, 1, file_event(ctx, direct, AMP_CREATE, a1, 0))
BOTH(file_unlink, security_inode_unlink, 0, 1, file_event(ctx, direct, AMP_UNLINK, a1, 0))
BOTH(file_link, security_inode_link, 0, 2, file_event(ctx, direct, AMP_LINK, a0, a1))
BOTH(file_rename, security_inode_rename, 1, 3, file_event(ctx, direct, AMP_RENAME, a0, a1))
BOTH(file_fput, __fput, 0, 0, fput_event(ctx, direct, a0))
BOTH(network_connect, security_socket_connect, 0, 1, connect_event(ctx, a0, a1))
BOTH(network_release, inet_release, 0, 0, release_event(ctx, a0))

SEC("kretprobe/inet_csk_accept") int network_accept_both(struct pt_regs *ctx)
{
        struct sock *sk = (void *)PT_REGS_RC(ctx);

        return sk ? network_event(ctx, AMP_ACCEPT, sk, 0) : 0;
}
