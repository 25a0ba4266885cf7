/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of sockets and of processes with limits, as long as there is a peer. */
#ifndef AMP_FLOW_TABLE_H
#define AMP_FLOW_TABLE_H

#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "flow_end.h"
#include "pool.h"

/* The vendor's limits. */
#define FLOW_SOCKETS 100000
#define FLOW_PROCESSES 2000

/* Key: the struct sock. */
struct flow_socket {
        struct pool_entry entry;
        u64 id;
        unsigned long inode; /* of the socket; 0: has none yet */
        time64_t since;      /* seconds, as the process's */
        u32 tgid;            /* who began it */
        u32 kept;            /* bytes of payload that are on their way to the peer */
        u8 protocol;
        bool client;                   /* its connect was seen */
        bool told;                     /* the peer knows of it */
        bool detected;                 /* this flow was told as malicious */
        struct flow_end local, remote; /* UDP: of the last call */
};

/* Key: the thread group. */
struct flow_process {
        struct pool_entry entry;
        u64 begun; /* when the process began: another one may have its number later */
        time64_t since;
        u32 count, connections, seconds;
};

static DEFINE_RAW_SPINLOCK(flow_lock); /* the tables here and the cache's lists */
static struct pool flow_sockets = POOL(struct flow_socket, FLOW_SOCKETS, 14);
static struct pool flow_processes = POOL(struct flow_process, FLOW_PROCESSES, 8);
static u64 flow_last_id; /* of a socket, since the module is loaded */

static inline unsigned long flow_inode(const struct sock *sk)
{
        struct socket *socket = READ_ONCE(sk->sk_socket);

        return socket ? SOCK_INODE(socket)->i_ino : 0;
}

/* Whose end was missed does not lend its name to what has its place now. */
static struct flow_socket *flow_socket_find(const struct sock *sk)
{
        struct flow_socket *socket = pool_find(&flow_sockets, (unsigned long)sk);
        unsigned long inode = flow_inode(sk);

        if (!socket)
                return NULL;
        if (!socket->inode)
                socket->inode = inode;
        if (!inode || socket->inode == inode)
                return socket;
        pool_drop(&flow_sockets, &socket->entry);
        return NULL;
}

static struct flow_socket *flow_socket_add(const struct sock *sk, bool *evicted)
{
        struct flow_socket *socket = pool_add(&flow_sockets, (unsigned long)sk, evicted);

        socket->id = ++flow_last_id;
        socket->inode = flow_inode(sk);
        socket->since = ktime_get_seconds();
        socket->tgid = current->tgid;
        socket->protocol = sk->sk_protocol;
        return socket;
}

/* The caller's, or NULL: it has no limits. */
static struct flow_process *flow_process_find(void)
{
        struct flow_process *process = pool_find(&flow_processes, current->tgid);

        if (!process || process->begun == current->group_leader->start_time)
                return process;
        pool_drop(&flow_processes, &process->entry);
        return NULL;
}

/* May this be told of the caller? BEGINS: a flow the peer does not know, which then counts. */
static bool flow_allowed(struct flow_process *process, bool begins)
{
        if (!process)
                return true;
        if (ktime_get_seconds() - process->since >= process->seconds)
                return false;
        if (!begins)
                return true;
        if (process->count >= process->connections)
                return false;
        process->count++;
        return true;
}

static void flow_tables_free(void)
{
        pool_free(&flow_sockets);
        pool_free(&flow_processes);
}

static int flow_tables_make(void)
{
        int r = pool_make(&flow_sockets);

        if (r)
                return r;
        r = pool_make(&flow_processes);
        if (r)
                pool_free(&flow_sockets);
        return r;
}

#endif
