// SPDX-License-Identifier: GPL-2.0
/* The network monitor: connect, accept and close of IPv4 and IPv6 sockets with their addresses,
 * seen by probes and read through the module's device; and what sockets do for a program that speaks
 * the vendor's netlink protocol. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include "device.h"
#include "probes.h"
#include "nke_peer.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <net/sock.h>

#define ACCEPTING 1024 /* threads that may wait in accept at a time; more are counted as missed */

static void addresses_of(const struct sock *sk, struct amp_network *network)
{
        network->family = sk->sk_family;
        network->protocol = sk->sk_protocol;
        network->sport = sk->sk_num;
        network->dport = ntohs(sk->sk_dport);
        if (sk->sk_family == AF_INET) {
                memcpy(network->saddr, &sk->sk_rcv_saddr, 4);
                memcpy(network->daddr, &sk->sk_daddr, 4);
        }
#if IS_ENABLED(CONFIG_IPV6)
        if (sk->sk_family == AF_INET6) {
                memcpy(network->saddr, &sk->sk_v6_rcv_saddr, 16);
                memcpy(network->daddr, &sk->sk_v6_daddr, 16);
        }
#endif
}

/* ADDRESS overrides where the socket is connected to: a connect has not happened yet. */
static void network_event(enum amp_type type, const struct sock *sk, const struct sockaddr *address,
                          int len)
{
        struct amp_record *record;
        struct amp_network *network;
        struct ring *ring;
        const unsigned int size = ALIGN(sizeof(*record) + sizeof(*network), 8);

        if (!ring_wanted() || !sk || (sk->sk_family != AF_INET && sk->sk_family != AF_INET6))
                return;
        ring = &this_cpu_ptr(buffers)->ring;
        record = ring_reserve(ring, size);
        if (!record)
                return;
        record_fill(record, type);
        network = (struct amp_network *)(record + 1);
        memset(network, 0, size - sizeof(*record));
        addresses_of(sk, network);
        if (address && len >= (int)sizeof(struct sockaddr_in) && address->sa_family == AF_INET) {
                const struct sockaddr_in *in = (const void *)address;

                network->family = AF_INET;
                network->dport = ntohs(in->sin_port);
                memcpy(network->daddr, &in->sin_addr, 4);
        }
        if (address && len >= SIN6_LEN && address->sa_family == AF_INET6) {
                const struct sockaddr_in6 *in6 = (const void *)address;

                network->dport = ntohs(in6->sin6_port);
                memcpy(network->daddr, &in6->sin6_addr, 16);
        }
        record_commit(ring, record);
}

/* security_socket_connect(sock, address, len): ADDRESS is the kernel's copy */
static int on_connect(struct kprobe *p, struct pt_regs *regs)
{
        const struct socket *sock = (void *)regs_get_kernel_argument(regs, 0);
        const struct sockaddr *address = (void *)regs_get_kernel_argument(regs, 1);
        int len = regs_get_kernel_argument(regs, 2);

        if (sock && address && (address->sa_family == AF_INET || address->sa_family == AF_INET6)) {
                network_event(AMP_CONNECT, sock->sk, address, len);
                flow_connect(sock->sk, address, len);
        }
        return 0;
}

/* Also for IPv6: inet6_release() ends in inet_release(). */
static int on_release(struct kprobe *p, struct pt_regs *regs)
{
        const struct socket *sock = (void *)regs_get_kernel_argument(regs, 0);

        if (!sock || !sock->sk)
                return 0;
        if (sock->sk->sk_dport)
                network_event(AMP_CLOSE, sock->sk, NULL, 0);
        flow_release(sock->sk);
        return 0;
}

static int on_accepted(struct kretprobe_instance *ri, struct pt_regs *regs)
{
        const struct sock *sk = (void *)regs_return_value(regs);

        network_event(AMP_ACCEPT, sk, NULL, 0);
        flow_accept(sk);
        return 0;
}

static struct kprobe probes[] = {
        { .symbol_name = "security_socket_connect", .pre_handler = on_connect },
        { .symbol_name = "inet_release", .pre_handler = on_release },
};
static struct kretprobe accept_probe = { .kp.symbol_name = "inet_csk_accept",
                                         .handler = on_accepted,
                                         .maxactive = ACCEPTING };

/* A peer has the same probes, and sockets that both know are known from the beginning. */
static int reader_comes(void)
{
        return 0;
}

static void reader_goes(void)
{
}

/* Both ways: no instance free, and the probe itself not run. */
static unsigned long missed_more(void)
{
        return (unsigned int)READ_ONCE(accept_probe.nmissed) + READ_ONCE(accept_probe.kp.nmissed);
}

/* Nothing is recorded before there is a reader, so the probe on accept may come before the rings; the
 * device has to be last: what is open cannot be taken back. */
static int __init network_init(void)
{
        int r = nke_begin();

        if (r)
                return r;
        r = register_kretprobe(&accept_probe);
        if (r) {
                nke_end();
                return probe_failed(accept_probe.kp.symbol_name, r);
        }
        r = monitor_begin(probes, ARRAY_SIZE(probes));
        if (r) {
                unregister_kretprobe(&accept_probe);
                nke_end();
        }
        return r;
}

static void __exit network_exit(void)
{
        nke_end();
        unregister_kretprobe(&accept_probe);
        monitor_end();
}

module_init(network_init);
module_exit(network_exit);
MODULE_LICENSE("GPL v2");
MODULE_AUTHOR("the secep authors");
MODULE_DESCRIPTION("secep: network monitor");
