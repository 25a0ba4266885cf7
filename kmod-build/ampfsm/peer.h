/* SPDX-License-Identifier: GPL-2.0 */
/* The one program that hears a module by generic netlink, as programs for the vendor's modules do.
 *
 * A probe writes a record into a ring (all processors share it, so that events keep their order) and
 * goes; a work of our own queue makes a message of each and sends it. What the peer has no room for
 * waits in the ring, and what the ring has no room for is counted: the parameter netlink_lost.
 * The first to say HELLO is the peer until its socket is closed; ring and probes are there so long.
 *
 * Included once by each module, which gives what is declared under "the module's". */
#ifndef AMP_PEER_H
#define AMP_PEER_H

#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>

#include "peer_send.h"
#include "peer_state.h"

/* Under the mutex. */
static void peer_detach(void)
{
        if (!peer_port)
                return;
        peer_lost_before += peer_missed();
        peer_probes_end();
        vfree(peer_ring.data);
        peer_ring.data = NULL;
        peer_log("peer %u is gone\n", peer_port);
        peer_port = 0;
}

/* Under the mutex, without a peer. */
static int peer_attach(u32 port)
{
        int r;

        peer_ring.data = vzalloc(PEER_RING_BYTES);
        if (!peer_ring.data)
                return -ENOMEM;
        peer_ring.bytes = PEER_RING_BYTES;
        peer_ring.head = peer_ring.tail = 0;
        WRITE_ONCE(peer_gone, 0);
        peer_defaults();
        r = peer_probes_begin();
        if (r) {
                vfree(peer_ring.data);
                peer_ring.data = NULL;
                return r;
        }
        peer_port = port;
        peer_since = jiffies;
        WRITE_ONCE(peer_new, true);
        peer_log("peer %u\n", port);
        return 0;
}

static int peer_answer(struct genl_info *info, u8 command)
{
        struct sk_buff *skb = genlmsg_new(0, GFP_KERNEL);

        if (!skb)
                return -ENOMEM;
        if (!genlmsg_put(skb, 0, 0, &peer_family, 0, command)) {
                nlmsg_free(skb);
                return -EMSGSIZE;
        }
        return genlmsg_unicast(&init_net, skb, info->snd_portid);
}

/* The sender of INFO is the peer from here on, or -EBUSY: another one is. With an ANSWER, other than
 * 0, no event comes before it. */
static int peer_take(struct genl_info *info, u8 answer)
{
        int r = 0;

        mutex_lock(&peer_mutex);
        if (peer_is_gone())
                peer_detach();
        if (!peer_port)
                r = peer_attach(info->snd_portid);
        else if (peer_port != info->snd_portid)
                r = -EBUSY;
        if (!r && answer)
                r = peer_answer(info, answer);
        mutex_unlock(&peer_mutex);
        if (r == -EBUSY)
                GENL_SET_ERR_MSG(info, "another program hears this module");
        return r;
}

/* Of every command: the vendor's module passes over a message of another version and says that all
 * is well; this one says what is wrong. */
static int peer_accept(struct genl_info *info, u8 answer)
{
        if (info->genlhdr->version != peer_family.version) {
                GENL_SET_ERR_MSG(info, "another version of the protocol");
                return -EPROTONOSUPPORT;
        }
        return peer_take(info, answer);
}

static void peer_set_log_level(u8 level)
{
        WRITE_ONCE(peer_log_level, min_t(u8, level, PEER_LOG_HIGHEST));
}

static void peer_work(struct work_struct *work)
{
        unsigned int wait = 0;

        mutex_lock(&peer_mutex);
        waker_begins(&peer_waker);
        if (peer_is_gone())
                peer_detach();
        else if (peer_port)
                wait = peer_send_all();
        mutex_unlock(&peer_mutex);
        if (wait)
                mod_delayed_work(peer_waker.queue, &peer_waker.work, msecs_to_jiffies(wait - 1));
}

/* A netlink socket is closed. */
static int peer_notified(struct notifier_block *block, unsigned long event, void *data)
{
        const struct netlink_notify *notify = data;

        if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC &&
            net_eq(notify->net, &init_net) && notify->portid == READ_ONCE(peer_port)) {
                WRITE_ONCE(peer_gone, notify->portid);
                mod_delayed_work(peer_waker.queue, &peer_waker.work, 0);
        }
        return NOTIFY_DONE;
}
static struct notifier_block peer_notifier = { .notifier_call = peer_notified };

static void peer_queue_end(void)
{
        waker_stop(&peer_waker);
        destroy_workqueue(peer_waker.queue);
}

/* Both give back what they had when they fail. */
static int peer_begin(void)
{
        struct workqueue_struct *queue = alloc_workqueue(KBUILD_MODNAME "_peer", WQ_UNBOUND, 1);
        int r;

        if (!queue)
                return -ENOMEM;
        waker_init(&peer_waker, peer_work, queue);
        r = netlink_register_notifier(&peer_notifier);
        if (r) {
                peer_queue_end();
                return r;
        }
        r = genl_register_family(&peer_family);
        if (r) {
                netlink_unregister_notifier(&peer_notifier);
                peer_queue_end();
        }
        return r;
}

static void peer_end(void)
{
        genl_unregister_family(&peer_family);
        netlink_unregister_notifier(&peer_notifier);
        mutex_lock(&peer_mutex);
        peer_detach();
        mutex_unlock(&peer_mutex);
        peer_queue_end();
}

#endif
