/* SPDX-License-Identifier: GPL-2.0 */
/* A ring of records: one writer at a time and one reader, and neither waits for the other. HEAD
 * belongs to the writer, TAIL to the reader; a record without room is counted, not waited for. A
 * record begins with its size in bytes: a u16, a multiple of 8, 0 for what fills the end. */
#ifndef AMP_RING_H
#define AMP_RING_H

#include <linux/version.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "this module is written for Linux 5.10 and newer"
#endif
#if !defined(CONFIG_KPROBES)
#error "this module needs a kernel with CONFIG_KPROBES"
#endif
#if !defined(CONFIG_SECURITY)
#error "this module needs a kernel with CONFIG_SECURITY: it probes the security hooks"
#endif
#if defined(CONFIG_PREEMPT_RT)
#error "this module is not for a kernel with CONFIG_PREEMPT_RT: its probes take locks that sleep there"
#endif

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/types.h>

struct ring {
        unsigned long head, tail; /* bytes ever written, ever read */
        unsigned long bytes;      /* of DATA: a power of two */
        unsigned long lost, lost_told;
        char *data; /* NULL: nobody reads, or the processor came after the reader */
};

static inline void *ring_without_room(struct ring *ring)
{
        WRITE_ONCE(ring->lost, ring->lost + 1);
        return NULL;
}

/* Room for a record of SIZE bytes in one piece, its size set, or NULL and one more lost. */
static inline void *ring_reserve(struct ring *ring, u16 size)
{
        unsigned long tail = smp_load_acquire(&ring->tail), used = ring->head - tail;
        unsigned long offset, rest;

        if (!ring->data)
                return ring_without_room(ring);
        offset = ring->head & (ring->bytes - 1);
        rest = ring->bytes - offset;
        if (size <= rest) {
                if (used + size > ring->bytes)
                        return ring_without_room(ring);
        } else {
                if (used + rest + size > ring->bytes)
                        return ring_without_room(ring);
                /* rest is at least 8: both are multiples of 8 */
                *(u16 *)(ring->data + offset) = 0;
                smp_store_release(&ring->head, ring->head + rest);
                offset = 0;
        }
        *(u16 *)(ring->data + offset) = size;
        return ring->data + offset;
}

/* The reader may have the record of SIZE bytes; true: it had better hurry. */
static inline bool ring_commit(struct ring *ring, u16 size)
{
        unsigned long head = ring->head + size;

        smp_store_release(&ring->head, head);
        return head - READ_ONCE(ring->tail) >= ring->bytes / 2;
}

/* The oldest record, or NULL: there is none. */
static inline const void *ring_peek(struct ring *ring)
{
        unsigned long head = smp_load_acquire(&ring->head);

        while (ring->tail != head) {
                unsigned long offset = ring->tail & (ring->bytes - 1);

                if (*(const u16 *)(ring->data + offset))
                        return ring->data + offset;
                smp_store_release(&ring->tail, ring->tail + ring->bytes - offset);
        }
        return NULL;
}

/* Done with what ring_peek() gave. */
static inline void ring_next(struct ring *ring, const void *record)
{
        smp_store_release(&ring->tail, ring->tail + *(const u16 *)record);
}

static inline bool ring_has(const struct ring *ring)
{
        return smp_load_acquire(&ring->head) != ring->tail;
}

#endif
