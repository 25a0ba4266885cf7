/* SPDX-License-Identifier: GPL-2.0 */
/* How a record is begun, and handed to the reader. Once in a monitor's object: it has the maps. */
#ifndef SECEP_BPF_RECORD_H
#define SECEP_BPF_RECORD_H

#define AMP_NO_LINUX_TYPES
#include "kmod-build/ampfsm/record.h"
#include <bpf/bpf_helpers.h>

#define PATH_ROOM 512
#define NAME_ROOM 256
#define WAKE_BYTES (64 << 10)

/* Set before loading. */
const volatile _Bool use_ring;
const volatile __u32 reader; /* its own events are not reported */
__u64 lost_events;

struct {
        __uint(type, BPF_MAP_TYPE_RINGBUF);
        __uint(max_entries, 1 << 20);
} ring SEC(".maps");
struct {
        __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
        __uint(key_size, 4);
        __uint(value_size, 4);
} perf SEC(".maps");

/* A record; the paths follow a file's body. */
struct scratch {
        __u64 unread; /* bytes since the reader was last woken by this CPU */
        struct amp_record record;
        union {
                struct amp_network network;
                struct {
                        struct amp_file file;
                        char paths[2 * PATH_ROOM + 2 * NAME_ROOM];
                };
        };
};
struct {
        __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
        __uint(max_entries, 1);
        __type(key, __u32);
        __type(value, struct scratch);
} scratches SEC(".maps");

static __always_inline struct scratch *begin(__u8 type)
{
        __u32 zero = 0;
        __u64 id = bpf_get_current_pid_tgid();
        struct scratch *s;

        if (id >> 32 == reader)
                return 0;
        s = bpf_map_lookup_elem(&scratches, &zero);
        if (!s)
                return 0;
        s->record.type = type;
        s->record.flags = 0;
        s->record.pid = id >> 32;
        s->record.tid = id;
        s->record.uid = bpf_get_current_uid_gid();
        s->record.time = bpf_ktime_get_ns();
        bpf_get_current_comm(s->record.comm, sizeof(s->record.comm));
        return s;
}

/* Waking the reader is what costs: it is left asleep until there is much to read, and looks by
 * itself now and then. Woken once for so many bytes, not again while it catches up. */
static __always_inline void end(void *ctx, struct scratch *s, __u32 size)
{
        __u64 all = (size + 7) & ~7U;
        long r;

        asm volatile("" : "+r"(all));
        if (all > sizeof(*s) - __builtin_offsetof(struct scratch, record))
                return;
        s->record.size = all;
        if (use_ring) {
                __u64 how = BPF_RB_NO_WAKEUP;

                s->unread += all;
                if (s->unread >= WAKE_BYTES) {
                        s->unread = 0;
                        how = BPF_RB_FORCE_WAKEUP;
                }
                r = bpf_ringbuf_output(&ring, &s->record, all, how);
        } else {
                r = bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, &s->record, all);
        }
        if (r)
                __sync_fetch_and_add(&lost_events, 1);
}

#endif
