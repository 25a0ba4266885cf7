/* SPDX-License-Identifier: GPL-2.0 */
/* The tables, told in the kernel's log. A socket is named by the number its events have: an address
 * of the kernel is nobody's business. */
#ifndef AMP_NKE_DUMP_H
#define AMP_NKE_DUMP_H

#include <linux/sched.h>

#include "flow_table.h"

#define DUMP_LINES 1000 /* of each table */

static void dump_process(const void *entry)
{
        const struct flow_process *p = entry;

        pr_info("process %lu: count %u, age %lld s, limits %u and %u s\n", p->entry.key, p->count,
                (long long)(ktime_get_seconds() - p->since), p->connections, p->seconds);
}

static void dump_socket(const void *entry)
{
        const struct flow_socket *s = entry;
        struct sockaddr_storage local = { 0 }, remote = { 0 };

        flow_end_put(&s->local, &local);
        flow_end_put(&s->remote, &remote);
        pr_info("socket %llx: process %u, age %lld s, %s%s, sent %u%s, local %pISpc, remote "
                "%pISpc\n",
                s->id, s->tgid, (long long)(ktime_get_seconds() - s->since),
                s->protocol == IPPROTO_TCP ? "TCP " : "UDP",
                s->protocol != IPPROTO_TCP ? ""
                : s->client                ? "client"
                                           : "server",
                s->kept, s->detected ? ", malicious" : "", &local, &remote);
}

/* COPY: room for an entry, which is told without the lock. */
static void dump_table(const struct pool *pool, void *copy, void (*tell)(const void *entry))
{
        unsigned int n, told = 0;
        const void *entry;
        unsigned long flags;

        for (n = 0; n < READ_ONCE(pool->used) && told < DUMP_LINES; n++) {
                raw_spin_lock_irqsave(&flow_lock, flags);
                entry = pool_at(pool, n);
                if (entry)
                        memcpy(copy, entry, pool->bytes);
                raw_spin_unlock_irqrestore(&flow_lock, flags);
                if (entry) {
                        tell(copy);
                        told++;
                }
                cond_resched();
        }
        if (READ_ONCE(pool->count) > told)
                pr_info("and %u more\n", READ_ONCE(pool->count) - told);
}

static void flow_dump(void)
{
        struct flow_process process;
        struct flow_socket socket;

        dump_table(&flow_processes, &process, dump_process);
        dump_table(&flow_sockets, &socket, dump_socket);
}

#endif
