/* SPDX-License-Identifier: GPL-2.0 */
/* The commands of the vendor's network module. */
#ifndef AMP_NKE_PEER_H
#define AMP_NKE_PEER_H

#include <linux/pid.h>
#include <linux/pid_namespace.h>

#include "flow_probes.h"
#include "nke_dump.h"

static void peer_defaults(void)
{
        WRITE_ONCE(flow_options.send_limit, 0);
        WRITE_ONCE(flow_options.ignore_ipv6, false);
        WRITE_ONCE(flow_options.ignore_loopback, false);
        cache_set(NKE_DEFAULT, NKE_DEFAULT, NKE_DEFAULT);
        peer_set_log_level(PEER_LOG_LEVEL);
}

/* What follows is called with the peer's mutex, for the peer, with the attributes it needs. */

/* When the process began, or 0: there is none. */
static u64 process_begun(u32 tgid)
{
        const struct task_struct *task;
        u64 begun = 0;

        rcu_read_lock();
        task = pid_task(find_pid_ns(tgid, &init_pid_ns), PIDTYPE_TGID);
        if (task)
                begun = task->start_time;
        rcu_read_unlock();
        return begun;
}

static int do_monitor(struct genl_info *info)
{
        const u32 tgid = nla_get_u32(info->attrs[NKE_PID]);
        const u64 begun = process_begun(tgid);
        struct flow_process *process;
        unsigned long flags;
        bool evicted = false;

        if (!begun)
                return -ESRCH;
        raw_spin_lock_irqsave(&flow_lock, flags);
        process = pool_find(&flow_processes, tgid);
        if (process && process->begun != begun) {
                pool_drop(&flow_processes, &process->entry);
                process = NULL;
        }
        if (!process) {
                process = pool_add(&flow_processes, tgid, &evicted);
                process->begun = begun;
                process->since = ktime_get_seconds();
        }
        process->connections = nla_get_u32(info->attrs[NKE_CONN_LIMIT]);
        process->seconds = nla_get_u32(info->attrs[NKE_TIME_LIMIT]);
        raw_spin_unlock_irqrestore(&flow_lock, flags);
        if (evicted)
                peer_log("too many processes with limits: the oldest has none now\n");
        return 0;
}

static int do_forget(struct genl_info *info)
{
        struct flow_process *process;
        unsigned long flags;

        raw_spin_lock_irqsave(&flow_lock, flags);
        process = pool_find(&flow_processes, nla_get_u32(info->attrs[NKE_PID]));
        if (process)
                pool_drop(&flow_processes, &process->entry);
        raw_spin_unlock_irqrestore(&flow_lock, flags);
        return 0;
}

static int do_set_opts(struct genl_info *info)
{
        peer_set_log_level(nla_get_u8(info->attrs[NKE_LOG_LEVEL]));
        WRITE_ONCE(flow_options.send_limit, nla_get_u32(info->attrs[NKE_SEND_LIMIT]));
        WRITE_ONCE(flow_options.ignore_ipv6, nla_get_flag(info->attrs[NKE_IGNORE_IPV6]));
        WRITE_ONCE(flow_options.ignore_loopback, nla_get_flag(info->attrs[NKE_IGNORE_LOOPBACK]));
        cache_set(nla_get_u32(info->attrs[NKE_CACHE_SIZE]),
                  nla_get_u32(info->attrs[NKE_TTL_MALICIOUS]),
                  nla_get_u32(info->attrs[NKE_TTL_CLEAN]));
        return 0;
}

static int do_reset(struct genl_info *info)
{
        unsigned long flags;

        raw_spin_lock_irqsave(&flow_lock, flags);
        pool_clear(&flow_processes);
        raw_spin_unlock_irqrestore(&flow_lock, flags);
        cache_shrink(0);
        return 0;
}

static int do_dump(struct genl_info *info)
{
        if (READ_ONCE(peer_log_level) >= PEER_LOG_HIGHEST)
                flow_dump();
        return 0;
}

/* ALLOW, DETECT and UNCHANGED. */
static int do_judge(struct genl_info *info)
{
        const u8 command = info->genlhdr->cmd;
        const struct flow_end end =
                flow_end_of(nla_data(info->attrs[NKE_REMOTE]), sizeof(struct sockaddr_storage));
        struct cache_entry entry = { .malicious = command == NKE_DETECT };

        if (!end.family) {
                GENL_SET_ERR_MSG(info, "the remote address is none of IPv4 or IPv6");
                return -EINVAL;
        }
        if (command == NKE_UNCHANGED || !nla_get_flag(info->attrs[NKE_CACHE_REMOTE]))
                return 0;
        cache_key(&end, &entry);
        if (info->attrs[NKE_CLASSIFICATION])
                entry.classification = nla_get_u8(info->attrs[NKE_CLASSIFICATION]);
        if (info->attrs[NKE_DETECTION_NAME])
                memcpy(entry.name, nla_data(info->attrs[NKE_DETECTION_NAME]),
                       min_t(int, nla_len(info->attrs[NKE_DETECTION_NAME]), NKE_NAME - 1));
        return cache_put(&entry);
}

#define NEEDS(attribute) (1U << (attribute))

static const struct {
        int (*run)(struct genl_info *info); /* NULL: to be the peer is all */
        u32 needs;
} nke_commands[] = {
        [NKE_HELLO] = { NULL, 0 },
        [NKE_MONITOR] = { do_monitor,
                          NEEDS(NKE_PID) | NEEDS(NKE_CONN_LIMIT) | NEEDS(NKE_TIME_LIMIT) },
        [NKE_FORGET] = { do_forget, NEEDS(NKE_PID) },
        [NKE_SET_OPTS] = { do_set_opts, NEEDS(NKE_SEND_LIMIT) | NEEDS(NKE_LOG_LEVEL) |
                                                NEEDS(NKE_TTL_MALICIOUS) | NEEDS(NKE_TTL_CLEAN) |
                                                NEEDS(NKE_CACHE_SIZE) },
        [NKE_RESET] = { do_reset, 0 },
        [NKE_DUMP] = { do_dump, 0 },
        [NKE_ALLOW] = { do_judge, NEEDS(NKE_REMOTE) },
        [NKE_DETECT] = { do_judge, NEEDS(NKE_REMOTE) },
        [NKE_UNCHANGED] = { do_judge, NEEDS(NKE_REMOTE) },
};

/* The vendor's module passes over what lacks an attribute and says that all is well. */
static int on_command(struct sk_buff *skb, struct genl_info *info)
{
        const u8 command = info->genlhdr->cmd;
        int i, r;

        for (i = 1; i <= NKE_ATTRIBUTES; i++)
                if (nke_commands[command].needs & NEEDS(i) && !info->attrs[i]) {
                        GENL_SET_ERR_MSG(info, "an attribute is missing");
                        return -EINVAL;
                }
        r = peer_accept(info, command == NKE_HELLO ? NKE_REC_HELLO : 0);
        if (r || command == NKE_HELLO)
                return r;
        mutex_lock(&peer_mutex);
        r = peer_port == info->snd_portid ? nke_commands[command].run(info) : -ENOTCONN;
        mutex_unlock(&peer_mutex);
        return r;
}

static const struct nla_policy nke_policy[NKE_ATTRIBUTES + 1] = {
        [NKE_SEND_LIMIT] = { .type = NLA_U32 },
        [NKE_IGNORE_IPV6] = { .type = NLA_FLAG },
        [NKE_IGNORE_LOOPBACK] = { .type = NLA_FLAG },
        [NKE_LOG_LEVEL] = { .type = NLA_U8 },
        [NKE_PID] = { .type = NLA_U32 },
        [NKE_CONN_LIMIT] = { .type = NLA_U32 },
        [NKE_TIME_LIMIT] = { .type = NLA_U32 },
        [NKE_TTL_MALICIOUS] = { .type = NLA_U32 },
        [NKE_TTL_CLEAN] = { .type = NLA_U32 },
        [NKE_CACHE_SIZE] = { .type = NLA_U32 },
        [NKE_REMOTE] = NLA_POLICY_EXACT_LEN(sizeof(struct sockaddr_storage)),
        [NKE_CLASSIFICATION] = { .type = NLA_U8 },
        [NKE_DETECTION_NAME] = { .type = NLA_STRING },
        [NKE_CACHE_REMOTE] = { .type = NLA_FLAG },
        [NKE_REC_PID... NKE_REC_DETECTION_NAME] = { .type = NLA_REJECT },
};

#define COMMAND(command)                                                                           \
        {                                                                                          \
                .cmd = (command), .flags = GENL_ADMIN_PERM, .doit = on_command,                    \
        }
static const struct genl_ops nke_operations[] = {
        COMMAND(NKE_HELLO),    COMMAND(NKE_MONITOR), COMMAND(NKE_FORGET),
        COMMAND(NKE_SET_OPTS), COMMAND(NKE_RESET),   COMMAND(NKE_DUMP),
        COMMAND(NKE_ALLOW),    COMMAND(NKE_DETECT),  COMMAND(NKE_UNCHANGED),
};

static struct genl_family peer_family = {
        .name = NKE_FAMILY,
        .version = NKE_VERSION,
        .maxattr = NKE_ATTRIBUTES,
        .policy = nke_policy,
        .ops = nke_operations,
        .n_ops = ARRAY_SIZE(nke_operations),
        .module = THIS_MODULE,
};

static int nke_begin(void)
{
        int r = cache_begin();

        if (r)
                return r;
        flow_last_id = (u64)ktime_get_boottime_seconds() << 24;
        r = peer_begin();
        if (r)
                cache_end();
        return r;
}

static void nke_end(void)
{
        peer_end();
        cache_end();
}

#endif
