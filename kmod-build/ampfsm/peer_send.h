/* SPDX-License-Identifier: GPL-2.0 */
/* From the ring to the peer: a message an event, in order. All of it under the mutex. */
#ifndef AMP_PEER_SEND_H
#define AMP_PEER_SEND_H

#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

#include "peer_state.h"

#define PEER_BATCH 256  /* messages before others get their turn */
#define PEER_AT_ONCE 16 /* before the peer does: to wake it for each costs more than the message */
#define PEER_NEW_MS 250

/* One message. -EAGAIN: the peer has no room; -ECONNREFUSED: it is gone; -ENOMEM: by this MEMORY; else
 * the record is done. */
static int peer_send(const void *record, gfp_t memory)
{
        struct sk_buff *skb = peer_message(record, memory);
        int r;

        if (!skb)
                return -ENOMEM;
        r = genlmsg_unicast(&init_net, skb, peer_port); /* frees it in any case */
        if (r == -EAGAIN)
                peer_unsent();
        return r;
}

/* Some of what is in the ring. As peer_send(); 0: there may be more, 1: there is none.
 * The peer sleeps while it has nothing to read, and is woken by the first message: it runs when this
 * one lets go of the processor. */
static int peer_send_some(void)
{
        const void *record = NULL;
        int n, r = 0;

        preempt_disable();
        for (n = 0; n < PEER_AT_ONCE && !peer_is_gone(); n++) {
                record = ring_peek(&peer_ring);
                r = record ? peer_send(record, GFP_NOWAIT | __GFP_NOWARN) : 1;
                if (r)
                        break;
                ring_next(&peer_ring, record);
        }
        preempt_enable();
        cond_resched();
        if (r == -EAGAIN && n > 0)
                return 0; /* it may have read some by now */
        if (r != -ENOMEM)
                return r;
        r = peer_send(record, GFP_KERNEL);
        if (!r)
                ring_next(&peer_ring, record);
        return r;
}

/* The oldest one, of which nobody could make a message. */
static void peer_drop(void)
{
        atomic_long_inc(&peer_dropped);
        ring_next(&peer_ring, ring_peek(&peer_ring));
}

/* What is in the ring, up to a batch; how long to wait for the rest in ms, or 0: there is none.
 * Netlink acknowledges a command after this module answered it, and drops that where events have filled
 * the peer's buffer: to a new one they come slowly. */
static unsigned int peer_send_all(void)
{
        int n, r, most;

        if (peer_new && time_after(jiffies, peer_since + msecs_to_jiffies(PEER_NEW_MS)))
                WRITE_ONCE(peer_new, false);
        most = peer_new ? PEER_AT_ONCE : PEER_BATCH;
        if (peer_new && time_before(jiffies, peer_since + msecs_to_jiffies(WAKER_QUIET_MS)))
                return WAKER_QUIET_MS;
        for (n = 0; n < most && !peer_is_gone(); n += PEER_AT_ONCE) {
                r = peer_send_some();
                if (r == 1)
                        return 0;
                if (r == -EAGAIN)
                        return WAKER_QUIET_MS;
                if (r == -ECONNREFUSED)
                        WRITE_ONCE(peer_gone, peer_port);
                else if (r < 0)
                        peer_drop();
        }
        return peer_new && !peer_is_gone() ? WAKER_QUIET_MS : 1;
}

#endif
