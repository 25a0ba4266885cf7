/* SPDX-License-Identifier: GPL-2.0 */
/* What sockets do, for a netlink peer: connect, accept, send, receive and release of TCP and UDP.
 * The probes on connect, accept and release are the device's too; the others come with the peer. */
#ifndef AMP_FLOW_H
#define AMP_FLOW_H

#include <linux/kprobes.h>
#include <linux/net.h>

#include "flow_cache.h"
#include "flow_record.h"
#include "flow_table.h"

#define FLOW_CALL_BYTES (128u << 10) /* payload of one call; more is lost */

static bool flow_on; /* there is a peer, and its tables */
static struct {
        u32 send_limit;
        bool ignore_ipv6, ignore_loopback;
} flow_options;

static bool flow_ignores(const struct flow_call *call)
{
        if (call->local.family == AF_INET6 && READ_ONCE(flow_options.ignore_ipv6))
                return true;
        return READ_ONCE(flow_options.ignore_loopback) && flow_end_is_local(&call->local) &&
               flow_end_is_local(&call->remote);
}

static struct flow_socket *flow_begin(const struct sock *sk)
{
        bool evicted;
        struct flow_socket *socket = flow_socket_add(sk, &evicted);

        if (evicted)
                atomic_long_inc(&peer_dropped); /* the rest of what that one does */
        return socket;
}

/* Once a flow: does it go to what the peer knows as malicious? */
static void flow_detect(struct flow_call *call, struct flow_socket *socket)
{
        const struct cache_entry *entry;

        call->id = socket->id;
        entry = socket->detected ? NULL : cache_malicious(&call->remote);
        if (!entry)
                return;
        socket->detected = call->detect = true;
        call->classification = entry->classification;
        memcpy(call->name, entry->name, NKE_NAME);
}

/* How much of a send is still to be told. */
static void flow_take(struct flow_call *call, struct flow_socket *socket)
{
        const u32 limit = READ_ONCE(flow_options.send_limit);
        u32 bytes;

        if (!socket->client || socket->kept >= limit ||
            iov_iter_rw(&call->message->msg_iter) != WRITE)
                return;
        bytes = min_t(size_t, iov_iter_count(&call->message->msg_iter), limit - socket->kept);
        call->at = socket->kept;
        call->take = min_t(u32, bytes, FLOW_CALL_BYTES);
        socket->kept += bytes;
        if (bytes > call->take)
                atomic_long_inc(&peer_dropped);
}

/* What follows, up to flow_see(), is called under the lock. */

static void flow_tcp(struct flow_call *call)
{
        const bool begins = call->op == NKE_OP_CONNECT || call->op == NKE_OP_ACCEPT;
        struct flow_process *process = flow_process_find();
        struct flow_socket *socket = flow_socket_find(call->sk);

        if (socket && call->op == NKE_OP_ACCEPT) { /* that one's end was missed */
                pool_drop(&flow_sockets, &socket->entry);
                socket = NULL;
        }
        if (socket) {
                call->tell = socket->told && flow_allowed(process, false);
        } else if (begins) {
                socket = flow_begin(call->sk);
                socket->client = call->op == NKE_OP_CONNECT;
                socket->told = call->tell = flow_allowed(process, true);
        } else {
                return;
        }
        if (begins) {
                socket->local = call->local;
                socket->remote = call->remote;
        }
        if (call->op == NKE_OP_SEND && call->tell)
                flow_take(call, socket);
        call->tell = begins ? call->tell : call->take > 0;
        flow_detect(call, socket);
}

static void flow_udp(struct flow_call *call)
{
        struct flow_process *process = flow_process_find();
        struct flow_socket *socket = flow_socket_find(call->sk) ?: flow_begin(call->sk);

        if (!flow_end_same(&socket->local, &call->local) ||
            !flow_end_same(&socket->remote, &call->remote)) {
                socket->local = call->local;
                socket->remote = call->remote;
                socket->detected = false;
                call->tell = flow_allowed(process, true);
                socket->told |= call->tell;
        }
        flow_detect(call, socket);
}

static void flow_ends(struct flow_call *call)
{
        struct flow_process *process = flow_process_find();
        struct flow_socket *socket = flow_socket_find(call->sk);

        if (!socket)
                return;
        call->id = socket->id;
        call->tell = socket->told && flow_allowed(process, false) && !flow_ignores(call);
        pool_drop(&flow_sockets, &socket->entry);
}

static void flow_see(struct flow_call *call, void (*decide)(struct flow_call *call))
{
        unsigned long flags;

        if (decide != flow_ends && flow_ignores(call))
                return;
        raw_spin_lock_irqsave(&flow_lock, flags);
        decide(call);
        raw_spin_unlock_irqrestore(&flow_lock, flags);
        flow_tell(call);
}

static inline bool flow_wanted(const struct sock *sk)
{
        return smp_load_acquire(&flow_on) && sk &&
               (sk->sk_family == AF_INET || sk->sk_family == AF_INET6);
}

static void flow_connect(const struct sock *sk, const void *address, int len)
{
        struct flow_call call = { .sk = sk, .op = NKE_OP_CONNECT };

        if (!flow_wanted(sk) || sk->sk_protocol != IPPROTO_TCP)
                return;
        call.local = flow_end_local(sk);
        call.remote = flow_end_of(address, len);
        if (call.local.family == call.remote.family)
                flow_see(&call, flow_tcp);
}

static void flow_accept(const struct sock *sk)
{
        struct flow_call call = { .sk = sk, .op = NKE_OP_ACCEPT };

        if (!flow_wanted(sk) || sk->sk_protocol != IPPROTO_TCP)
                return;
        call.local = flow_end_local(sk);
        call.remote = flow_end_remote(sk);
        flow_see(&call, flow_tcp);
}

/* Where a datagram is to go: to what it is addressed, or to what the socket is connected to. An
 * address without a family is IPv4's to an IPv4 socket. */
static struct flow_end flow_destination(const struct sock *sk, const struct msghdr *message)
{
        struct sockaddr_in in;

        if (!message->msg_name)
                return sk->sk_dport ? flow_end_remote(sk) : (struct flow_end){ 0 };
        memcpy(&in, message->msg_name, sizeof(in));
        if (sk->sk_family == AF_INET && in.sin_family == AF_UNSPEC &&
            message->msg_namelen >= (int)sizeof(in)) {
                in.sin_family = AF_INET;
                return flow_end_of(&in, sizeof(in));
        }
        return flow_end_of(message->msg_name, message->msg_namelen);
}

/* sendmsg(sock, message, size) */
static int on_send(struct kprobe *p, struct pt_regs *regs)
{
        const struct socket *sock = (void *)regs_get_kernel_argument(regs, 0);
        const struct msghdr *message = (void *)regs_get_kernel_argument(regs, 1);
        const struct sock *sk = sock->sk;
        struct flow_call call = { .sk = sk, .op = NKE_OP_SEND, .message = message };

        if (!flow_wanted(sk))
                return 0;
        if (sk->sk_protocol == IPPROTO_TCP) {
                if (message->msg_flags & MSG_FASTOPEN && message->msg_name)
                        flow_connect(sk, message->msg_name, message->msg_namelen);
                call.local = flow_end_local(sk);
                call.remote = flow_end_remote(sk);
                flow_see(&call, flow_tcp);
        } else if (sk->sk_protocol == IPPROTO_UDP) {
                call.local = flow_end_local(sk);
                call.remote = flow_destination(sk, message);
                if (call.local.family == call.remote.family)
                        flow_see(&call, flow_udp);
        }
        return 0;
}

/* recvmsg(sock, ...). Of TCP only what the peer knows as malicious is told. */
static int on_receive(struct kprobe *p, struct pt_regs *regs)
{
        const struct socket *sock = (void *)regs_get_kernel_argument(regs, 0);
        const struct sock *sk = sock->sk;
        struct flow_call call = { .sk = sk, .op = NKE_OP_RECEIVE };

        if (!flow_wanted(sk) || (sk->sk_protocol != IPPROTO_UDP &&
                                 (sk->sk_protocol != IPPROTO_TCP || !READ_ONCE(cache.malicious))))
                return 0;
        call.local = flow_end_local(sk);
        call.remote = flow_end_remote(sk);
        flow_see(&call, sk->sk_protocol == IPPROTO_TCP ? flow_tcp : flow_udp);
        return 0;
}

static void flow_release(const struct sock *sk)
{
        struct flow_call call = { .sk = sk, .op = NKE_OP_RELEASE };

        if (!flow_wanted(sk))
                return;
        call.local = flow_end_local(sk);
        if (sk->sk_protocol == IPPROTO_TCP && sk->sk_dport)
                call.remote = flow_end_remote(sk);
        flow_see(&call, flow_ends);
}

#endif
