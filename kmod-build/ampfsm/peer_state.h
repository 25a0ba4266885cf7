/* SPDX-License-Identifier: GPL-2.0 */
/* What peer.h and peer_send.h share: the ring, who writes it, and what the module has to give. */
#ifndef AMP_PEER_STATE_H
#define AMP_PEER_STATE_H

#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <net/genetlink.h>

#include "ring.h"
#include "waker.h"

#define PEER_RING_BYTES (1u << 20)
#define PEER_LOG_LEVEL 5   /* what the kernel calls notice */
#define PEER_LOG_HIGHEST 6 /* info */

/* The module's: the family, what a new peer finds, the probes only a peer needs, and a message. */
static struct genl_family peer_family;
static void peer_defaults(void);
static int peer_probes_begin(void);
static void peer_probes_end(void);      /* after it no probe writes */
static unsigned long peer_missed(void); /* by these probes, since they are there */
static struct sk_buff *peer_message(const void *record, gfp_t memory); /* NULL: no memory for it */
static void peer_unsent(void); /* the last message will be made again */

static struct ring peer_ring;
static DEFINE_RAW_SPINLOCK(peer_ring_lock); /* the writers of the ring */
static DEFINE_MUTEX(peer_mutex);            /* what follows, and the reader of the ring */
static u32 peer_port;                       /* 0: no peer */
static unsigned long peer_since;            /* jiffies */
static bool peer_new;                       /* it still talks rather than listens */
static u32 peer_gone;                       /* whose socket is closed; set without the mutex */
static unsigned long peer_lost_before;      /* with peers that are no more */
static atomic_long_t peer_dropped;          /* events nobody could make a message of */
static struct waker peer_waker;
static u8 peer_log_level = PEER_LOG_LEVEL;

#define peer_log(format, ...)                                                                      \
        do {                                                                                       \
                if (READ_ONCE(peer_log_level) >= PEER_LOG_HIGHEST)                                 \
                        pr_info_ratelimited(format, ##__VA_ARGS__);                                \
        } while (0)

/* Under the mutex. A port, since whoever tells of it may be late, and the peer another one. */
static bool peer_is_gone(void)
{
        return READ_ONCE(peer_gone) == peer_port;
}

/* Room for a record, with the ring locked until peer_commit(), or NULL and one more lost. */
static void *peer_reserve(u16 size, unsigned long *flags)
{
        void *record;

        raw_spin_lock_irqsave(&peer_ring_lock, *flags);
        record = ring_reserve(&peer_ring, size);
        if (!record)
                raw_spin_unlock_irqrestore(&peer_ring_lock, *flags);
        return record;
}

static void peer_commit(const void *record, unsigned long flags)
{
        bool hurry = ring_commit(&peer_ring, *(const u16 *)record);

        raw_spin_unlock_irqrestore(&peer_ring_lock, flags);
        waker_wake(&peer_waker, hurry && !READ_ONCE(peer_new));
}

static unsigned long peer_lost(void)
{
        return peer_lost_before + READ_ONCE(peer_ring.lost) + atomic_long_read(&peer_dropped) +
               (peer_port ? peer_missed() : 0);
}

static int peer_lost_get(char *to, const struct kernel_param *param)
{
        int r;

        mutex_lock(&peer_mutex);
        r = sysfs_emit(to, "%lu\n", peer_lost());
        mutex_unlock(&peer_mutex);
        return r;
}
static const struct kernel_param_ops peer_lost_ops = { .get = peer_lost_get };
module_param_cb(netlink_lost, &peer_lost_ops, NULL, 0444);
MODULE_PARM_DESC(netlink_lost, "events that did not reach a netlink peer (read only)");

#endif
