/* SPDX-License-Identifier: GPL-2.0 */
/* The probes and tables that are there for a network peer alone. Included after probes.h. */
#ifndef AMP_FLOW_PROBES_H
#define AMP_FLOW_PROBES_H

#include "flow.h"

#define FLOW_PROBES 4

static struct kprobe flow_probes[FLOW_PROBES];
static struct kprobe *flow_probes_on[FLOW_PROBES];
static int flow_probe_count;
static unsigned long flow_missed_before; /* by the probes shared with the device, before the peer */

static const struct {
        const char *symbol;
        int (*handler)(struct kprobe *p, struct pt_regs *regs);
        bool may_lack; /* IPv6 that is not there */
} flow_functions[FLOW_PROBES] = {
        { "inet_sendmsg", on_send, false },
        { "inet_recvmsg", on_receive, false },
        { "inet6_sendmsg", on_send, true },
        { "inet6_recvmsg", on_receive, true },
};

static int flow_probes_register(void)
{
        int i, r;

        flow_probe_count = 0;
        for (i = 0; i < FLOW_PROBES; i++) {
                struct kprobe *probe = &flow_probes[i];

                *probe = (struct kprobe){ .symbol_name = flow_functions[i].symbol,
                                          .pre_handler = flow_functions[i].handler };
                r = register_kprobe(probe);
                if (r == -ENOENT && flow_functions[i].may_lack)
                        continue;
                if (r)
                        return probe_failed(flow_functions[i].symbol, r);
                flow_probes_on[flow_probe_count++] = probe;
        }
        return 0;
}

static void peer_probes_end(void)
{
        WRITE_ONCE(flow_on, false);
        unregister_kprobes(flow_probes_on, flow_probe_count);
        flow_probe_count = 0;
        synchronize_rcu(); /* the probes that stay run with preemption off */
        flow_tables_free();
        free_percpu(flow_scratch);
        flow_scratch = NULL;
        cache_shrink(0);
}

static int peer_probes_begin(void)
{
        int r = flow_tables_make();

        flow_scratch = alloc_percpu(struct flow_scratch);
        flow_missed_before = probes_missed();
        if (!r && !flow_scratch)
                r = -ENOMEM;
        if (!r) {
                smp_store_release(&flow_on, true);
                r = flow_probes_register();
        }
        if (r)
                peer_probes_end();
        return r;
}

static unsigned long peer_missed(void)
{
        unsigned long missed = probes_missed() - flow_missed_before;
        int i;

        for (i = 0; i < flow_probe_count; i++)
                missed += READ_ONCE(flow_probes_on[i]->nmissed);
        return missed;
}

#endif
