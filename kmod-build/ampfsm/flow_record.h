/* SPDX-License-Identifier: GPL-2.0 */
/* A call on a socket on its way to the netlink peer: from the probe into the ring, and from there
 * into messages. */
#ifndef AMP_FLOW_RECORD_H
#define AMP_FLOW_RECORD_H

#include <linux/cred.h>
#include <linux/percpu.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "exe_path.h"
#include "flow_end.h"
#include "nke.h"
#include "peer.h"

#define FLOW_MESSAGE 16384 /* bytes of payload, and of the rest of its message */
#define FLOW_RESERVED 1024 /* of these for the rest, or as many as that needs */
#define FLOW_HEAD 512      /* the rest without the program's file */

/* What a probe knows. */
struct flow_call {
        const struct sock *sk;
        const struct msghdr *message; /* of a send */
        enum nke_op op;
        struct flow_end local, remote; /* remote: family 0 is not told */
        bool tell, detect;
        u64 id;
        u32 at, take; /* payload to tell: where it begins among what is told, bytes */
        u8 classification;
        char name[NKE_NAME];
};

/* In the ring; the program's file and then the payload, or the detection's name, follow. */
struct flow_record {
        u16 size;
        u8 command, op, protocol, classification;
        u16 path_length, more_length; /* the path's with its 0 byte */
        u32 at, pid, uid;
        u64 id;
        struct flow_end local, remote;
        char text[];
};

/* A processor's: probes do not nest. */
struct flow_scratch {
        char path[EXE_ROOM];
};
static struct flow_scratch __percpu *flow_scratch;
static u32 flow_sequence; /* of the messages; the reader of the ring counts it */

/* With room for MORE bytes behind the path; the ring is locked until peer_commit(). */
static struct flow_record *flow_record_begin(const struct flow_call *call, u8 command,
                                             const char *path, unsigned int path_length,
                                             unsigned int more, unsigned long *flags)
{
        struct flow_record *record =
                peer_reserve(ALIGN(sizeof(struct flow_record) + path_length + more, 8), flags);

        if (!record)
                return NULL;
        record->command = command;
        record->op = call->op;
        record->protocol = call->sk->sk_protocol;
        record->classification = call->classification;
        record->path_length = path_length;
        record->more_length = more;
        record->at = call->at;
        record->pid = current->tgid;
        record->uid = from_kuid(&init_user_ns, current_uid());
        record->id = call->id;
        record->local = call->local;
        record->remote = call->remote;
        memcpy(record->text, path, path_length);
        return record;
}

/* The payload, a record a message. What is not in memory just now is lost, as nobody may wait. */
static void flow_tell_payload(struct flow_call *call, const char *path, unsigned int path_length)
{
        const unsigned int room =
                FLOW_MESSAGE - max_t(unsigned int, FLOW_RESERVED, FLOW_HEAD + path_length);
        struct iov_iter rest = call->message->msg_iter;
        struct flow_record *record;
        unsigned long flags;
        unsigned int part, got;

        do {
                part = min_t(u32, call->take, room);
                record = flow_record_begin(call, NKE_REC_SK_OP, path, path_length, part, &flags);
                if (!record)
                        return;
                pagefault_disable();
                got = copy_from_iter(record->text + path_length, part, &rest);
                pagefault_enable();
                record->more_length = got;
                record->size = ALIGN(sizeof(*record) + path_length + got, 8);
                peer_commit(record, flags);
                call->at += got;
                call->take -= got;
        } while (call->take && got == part);
        if (call->take)
                atomic_long_inc(&peer_dropped);
}

static void flow_tell(struct flow_call *call)
{
        unsigned int length = 0, name = strnlen(call->name, NKE_NAME - 1);
        struct flow_record *record;
        const char *path;
        unsigned long flags;

        if (!call->tell && !call->detect)
                return;
        path = exe_path(this_cpu_ptr(flow_scratch)->path, &length);
        if (call->tell && call->take) {
                flow_tell_payload(call, path, length);
        } else if (call->tell) {
                record = flow_record_begin(call, NKE_REC_SK_OP, path, length, 0, &flags);
                if (record)
                        peer_commit(record, flags);
        }
        if (!call->detect)
                return;
        record = flow_record_begin(call, NKE_REC_DETECT, path, length, name, &flags);
        if (record) {
                memcpy(record->text + length, call->name, name);
                peer_commit(record, flags);
        }
}

static int flow_put_end(struct sk_buff *skb, int attribute, const struct flow_end *end)
{
        struct nlattr *attr;

        if (!end->family)
                return 0;
        attr = nla_reserve(skb, attribute, sizeof(struct sockaddr_storage));
        if (!attr)
                return -EMSGSIZE;
        memset(nla_data(attr), 0, sizeof(struct sockaddr_storage));
        flow_end_put(end, nla_data(attr));
        return 0;
}

/* What comes last: the payload, or what is known of the remote. */
static int flow_put_more(struct sk_buff *skb, const struct flow_record *record)
{
        const char *more = record->text + record->path_length;
        char name[NKE_NAME] = { 0 };

        if (record->command == NKE_REC_DETECT) {
                memcpy(name, more, record->more_length);
                return nla_put_u8(skb, NKE_REC_CLASSIFICATION, record->classification) ||
                       (*name && nla_put_string(skb, NKE_REC_DETECTION_NAME, name));
        }
        return record->more_length && (nla_put(skb, NKE_REC_PAYLOAD, record->more_length, more) ||
                                       nla_put_u32(skb, NKE_REC_PAYLOAD_AT, record->at));
}

static struct sk_buff *peer_message(const void *from, gfp_t memory)
{
        const struct flow_record *record = from;
        struct sk_buff *skb =
                genlmsg_new(FLOW_HEAD + record->path_length + record->more_length, memory);
        void *head;

        if (!skb)
                return NULL;
        head = genlmsg_put(skb, 0, ++flow_sequence, &peer_family, 0, record->command);
        if (!head || nla_put_u8(skb, NKE_REC_OP, record->op) ||
            nla_put_u32(skb, NKE_REC_UID, record->uid) ||
            nla_put_u32(skb, NKE_REC_PID, record->pid) ||
            flow_put_end(skb, NKE_REC_LOCAL, &record->local) ||
            flow_put_end(skb, NKE_REC_REMOTE, &record->remote) ||
            nla_put_u8(skb, NKE_REC_PROTOCOL, record->protocol) ||
            nla_put_u64_64bit(skb, NKE_REC_SOCK_ID, record->id, NKE_PAD) ||
            (record->path_length &&
             nla_put(skb, NKE_REC_FILENAME, record->path_length, record->text)) ||
            flow_put_more(skb, record)) {
                nlmsg_free(skb);
                return NULL;
        }
        genlmsg_end(skb, head);
        return skb;
}

static void peer_unsent(void)
{
        flow_sequence--;
}

#endif
