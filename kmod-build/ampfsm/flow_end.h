/* SPDX-License-Identifier: GPL-2.0 */
/* The two ends of a flow: an address and a port each. */
#ifndef AMP_FLOW_END_H
#define AMP_FLOW_END_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/socket.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>

#define SIN6_LEN 24 /* what connect(2) asks for at least: the scope may be missing */

/* What is not used is 0, so that two are alike when their bytes are. */
struct flow_end {
        u16 family; /* 0: there is none */
        __be16 port;
        u32 scope;      /* IPv6 */
        u8 address[16]; /* the first 4 for AF_INET */
};

static inline bool flow_end_same(const struct flow_end *a, const struct flow_end *b)
{
        return memcmp(a, b, sizeof(*a)) == 0;
}

/* An IPv4 address as IPv6 writes it: its last 4 bytes count. */
static inline bool flow_end_is_mapped(const struct flow_end *end)
{
        static const u8 prefix[12] = { [10] = 0xff, [11] = 0xff };

        return end->family == AF_INET6 && memcmp(end->address, prefix, sizeof(prefix)) == 0;
}

/* This machine, or nobody: 127/8, ::1, 0.0.0.0, ::, the IPv4 ones mapped too. */
static inline bool flow_end_is_local(const struct flow_end *end)
{
        static const u8 none[16], self[16] = { [15] = 1 };
        const u8 *four = flow_end_is_mapped(end) ? end->address + 12 : end->address;

        if (end->family == AF_INET || flow_end_is_mapped(end))
                return four[0] == 127 || memcmp(four, none, 4) == 0;
        return memcmp(end->address, none, 16) == 0 || memcmp(end->address, self, 16) == 0;
}

/* As getsockname(2) has it. */
static inline struct flow_end flow_end_local(const struct sock *sk)
{
        struct flow_end end = { .family = sk->sk_family, .port = inet_sk(sk)->inet_sport };
        __be32 four = sk->sk_rcv_saddr ?: inet_sk(sk)->inet_saddr;

        if (sk->sk_family == AF_INET)
                memcpy(end.address, &four, 4);
#if IS_ENABLED(CONFIG_IPV6)
        if (sk->sk_family == AF_INET6) {
                const struct in6_addr *six = &sk->sk_v6_rcv_saddr;

                if (ipv6_addr_any(six))
                        six = &inet6_sk(sk)->saddr;
                memcpy(end.address, six, 16);
                end.scope = ipv6_iface_scope_id(six, sk->sk_bound_dev_if);
        }
#endif
        return end;
}

/* What the socket is connected to; the address 0 of its family: to nothing. */
static inline struct flow_end flow_end_remote(const struct sock *sk)
{
        struct flow_end end = { .family = sk->sk_family };

        if (!sk->sk_dport)
                return end;
        end.port = sk->sk_dport;
        if (sk->sk_family == AF_INET)
                memcpy(end.address, &sk->sk_daddr, 4);
#if IS_ENABLED(CONFIG_IPV6)
        if (sk->sk_family == AF_INET6) {
                memcpy(end.address, &sk->sk_v6_daddr, 16);
                end.scope = ipv6_iface_scope_id(&sk->sk_v6_daddr, sk->sk_bound_dev_if);
        }
#endif
        return end;
}

/* The kernel's copy of an address. Family 0: no address of IPv4 or IPv6 is in these LEN bytes. */
static inline struct flow_end flow_end_of(const void *address, int len)
{
        const struct sockaddr_in *in = address;
        const struct sockaddr_in6 *in6 = address;
        struct flow_end end = { 0 };

        if (len < (int)sizeof(*in) || len > (int)sizeof(struct sockaddr_storage))
                return end;
        if (in->sin_family == AF_INET) {
                end.family = AF_INET;
                end.port = in->sin_port;
                memcpy(end.address, &in->sin_addr, 4);
        } else if (in->sin_family == AF_INET6 && len >= SIN6_LEN) {
                end.family = AF_INET6;
                end.port = in6->sin6_port;
                memcpy(end.address, &in6->sin6_addr, 16);
                if (len >= (int)sizeof(*in6))
                        end.scope = in6->sin6_scope_id;
        }
        return end;
}

/* STORAGE is all 0 before. */
static inline void flow_end_put(const struct flow_end *end, struct sockaddr_storage *storage)
{
        struct sockaddr_in *in = (void *)storage;
        struct sockaddr_in6 *in6 = (void *)storage;

        in->sin_family = end->family;
        in->sin_port = end->port;
        if (end->family == AF_INET)
                memcpy(&in->sin_addr, end->address, 4);
        if (end->family == AF_INET6) {
                memcpy(&in6->sin6_addr, end->address, 16);
                in6->sin6_scope_id = end->scope;
        }
}

#endif
