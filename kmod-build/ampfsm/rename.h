/* SPDX-License-Identifier: GPL-2.0 */
/* Renames for a netlink peer: those that succeeded. One probe where rename(2), renameat(2) and
 * renameat2(2) meet, so one event each. */
#ifndef AMP_RENAME_H
#define AMP_RENAME_H

#include <linux/cred.h>
#include <linux/kprobes.h>

#include "fsm.h"
#include "peer.h"
#include "rename_path.h"

#define RENAMES_AT_A_TIME 64 /* more are counted as missed */

/* In the ring. */
struct rename_event {
        u16 size, length; /* of PATH with its 0 byte */
        u32 pid, ppid, uid;
        char path[];
};

static u32 rename_filter;

static int rename_begins(struct kretprobe_instance *instance, struct pt_regs *regs);
static int rename_ends(struct kretprobe_instance *instance, struct pt_regs *regs);
static struct kretprobe rename_probe = {
        .entry_handler = rename_begins,
        .handler = rename_ends,
        .data_size = sizeof(struct rename_call),
        .maxactive = RENAMES_AT_A_TIME,
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define RENAME_FUNCTION "filename_renameat2"
#else
#define RENAME_FUNCTION "do_renameat2"
#endif

static int rename_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
        struct rename_call *call = (void *)instance->data;
        int r;

        if (!(READ_ONCE(rename_filter) & FSM_RENAME) || current->flags & PF_KTHREAD)
                return 1;
        call->dir = regs_get_kernel_argument(regs, 2);
        r = rename_name_at_begin(call, regs_get_kernel_argument(regs, 3));
        if (r == -ENAMETOOLONG)
                atomic_long_inc(&peer_dropped);
        return r ? 1 : 0;
}

static void rename_tell(const struct rename_call *call)
{
        const unsigned int front = RENAME_END - call->at, length = front + call->length + 1;
        const u16 size = ALIGN(sizeof(struct rename_event) + length, 8);
        struct rename_event *event;
        unsigned long flags;

        event = peer_reserve(size, &flags);
        if (!event)
                return;
        event->length = length;
        event->pid = current->tgid;
        /* a probe runs with preemption off; the initial namespaces' numbers are the kernel's own */
        event->ppid = rcu_dereference_sched(current->real_parent)->tgid;
        event->uid = __kuid_val(current_uid());
        memcpy(event->path, call->text + call->at, front);
        memcpy(event->path + front, call->text, length - front);
        peer_commit(event, flags);
}

static int rename_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
        struct rename_call *call = (void *)instance->data;

        if ((int)regs_return_value(regs)) /* the rest of the register is anything */
                return 0;
        if (rename_path(call))
                atomic_long_inc(&peer_dropped);
        else
                rename_tell(call);
        return 0;
}

static void peer_defaults(void)
{
        WRITE_ONCE(rename_filter, ~0U);
        peer_set_log_level(PEER_LOG_LEVEL);
}

/* A kernel's structure is used once: it keeps what it was registered with. */
static int peer_probes_begin(void)
{
        rename_probe.kp = (struct kprobe){ .symbol_name = RENAME_FUNCTION };
        return register_kretprobe(&rename_probe);
}

static void peer_probes_end(void)
{
        unregister_kretprobe(&rename_probe);
}

static unsigned long peer_missed(void)
{
        return (unsigned int)READ_ONCE(rename_probe.nmissed) + READ_ONCE(rename_probe.kp.nmissed);
}

/* In front of the path, as they lie in a message. */
struct rename_number {
        struct nlattr attribute;
        u32 number;
};

/* The attributes one by one by the kernel's functions would be a third of what a message costs. */
static struct sk_buff *peer_message(const void *record, gfp_t memory)
{
        const struct rename_event *event = record;
        const u32 numbers[][2] = { { FSM_OP, FSM_RENAME },
                                   { FSM_UID, event->uid },
                                   { FSM_PID, event->pid },
                                   { FSM_PPID, event->ppid } };
        const unsigned int path = nla_total_size(event->length);
        struct sk_buff *skb = genlmsg_new(path + sizeof(struct rename_number[4]), memory);
        void *head = skb ? genlmsg_put(skb, 0, 0, &peer_family, 0, FSM_REC_OP) : NULL;
        struct rename_number *to;
        struct nlattr *last;
        int i;

        BUILD_BUG_ON(sizeof(*to) != nla_total_size(sizeof(u32)));
        if (!head) {
                nlmsg_free(skb);
                return NULL;
        }
        to = skb_put(skb, sizeof(struct rename_number[4]) + path);
        for (i = 0; i < ARRAY_SIZE(numbers); i++)
                to[i] = (struct rename_number){ { sizeof(*to), numbers[i][0] }, numbers[i][1] };
        last = (struct nlattr *)(to + 4);
        *last = (struct nlattr){ nla_attr_size(event->length), FSM_PATH };
        memcpy(nla_data(last), event->path, event->length);
        memset((char *)last + last->nla_len, 0, path - last->nla_len);
        genlmsg_end(skb, head);
        return skb;
}

static void peer_unsent(void)
{
}

static int on_hello(struct sk_buff *skb, struct genl_info *info)
{
        return peer_accept(info, FSM_REC_HELLO);
}

/* The vendor's module needs both attributes too, and does not look whether they are there. */
static int on_set_opts(struct sk_buff *skb, struct genl_info *info)
{
        int r;

        if (!info->attrs[FSM_LOG_LEVEL] || !info->attrs[FSM_FILTER]) {
                GENL_SET_ERR_MSG(info, "log level and filter are needed, both");
                return -EINVAL;
        }
        r = peer_accept(info, 0);
        if (r)
                return r;
        peer_set_log_level(nla_get_u8(info->attrs[FSM_LOG_LEVEL]));
        WRITE_ONCE(rename_filter, nla_get_u32(info->attrs[FSM_FILTER]));
        return 0;
}

/* What only the module sends is refused. */
static const struct nla_policy fsm_policy[FSM_ATTRIBUTES + 1] = {
        [FSM_LOG_LEVEL] = { .type = NLA_U8 }, [FSM_FILTER] = { .type = NLA_U32 },
        [FSM_OP] = { .type = NLA_REJECT },    [FSM_PID] = { .type = NLA_REJECT },
        [FSM_PPID] = { .type = NLA_REJECT },  [FSM_UID] = { .type = NLA_REJECT },
        [FSM_PATH] = { .type = NLA_REJECT },
};

static const struct genl_ops fsm_operations[] = {
        { .cmd = FSM_HELLO, .flags = GENL_ADMIN_PERM, .doit = on_hello },
        { .cmd = FSM_SET_OPTS, .flags = GENL_ADMIN_PERM, .doit = on_set_opts },
};

static struct genl_family peer_family = {
        .name = FSM_FAMILY,
        .version = FSM_VERSION,
        .maxattr = FSM_ATTRIBUTES,
        .policy = fsm_policy,
        .ops = fsm_operations,
        .n_ops = ARRAY_SIZE(fsm_operations),
        .module = THIS_MODULE,
};

#endif
