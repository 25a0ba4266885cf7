/* SPDX-License-Identifier: GPL-2.0 */
/* A ring of records per CPU and the character device that reads them. Included once by each module.
 *
 * Writers are probes: they run with preemption off and kprobes do not nest, so each ring has one
 * writer; the reader holds a mutex, so it has one reader.
 *
 * The buffers are there while the device is open, for the processors that are present then: a module
 * nobody reads costs no memory. A record on a processor that came later is counted as lost, like what
 * the kernel says a probe missed.
 * A ring half full wakes the reader at once (waker.h). */
#ifndef AMP_DEVICE_H
#define AMP_DEVICE_H

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/uidgid.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#include "record.h"
#include "ring.h"
#include "waker.h"

#define RING_BYTES (256u << 10) /* per CPU; a power of two */
#define RECORD_MAX (sizeof(struct amp_record) + sizeof(struct amp_file) + AMP_PATHS + 8)

/* A processor's. */
struct buffer {
        struct ring ring;
        char scratch[2][AMP_PATHS / 2];
};

static struct buffer __percpu *buffers;
static DECLARE_WAIT_QUEUE_HEAD(ring_readers);
static DEFINE_MUTEX(ring_reading);
static atomic_t ring_open_count = ATOMIC_INIT(0);
static unsigned long missed_told;
static pid_t ring_reader; /* its own events are not reported; 0: nobody reads, nothing is kept */
static struct waker ring_waker;

static void ring_wake(struct work_struct *work)
{
        waker_begins(&ring_waker);
        wake_up_interruptible(&ring_readers);
}

static inline bool ring_wanted(void)
{
        pid_t reader = smp_load_acquire(&ring_reader); /* with its buffers */

        return reader && current->tgid != reader && !(current->flags & PF_KTHREAD);
}

/* What the probes of this module missed since it was loaded (probes.h). */
static unsigned long probes_missed(void);

static void record_fill(struct amp_record *record, enum amp_type type)
{
        record->type = type;
        record->flags = 0;
        record->pid = current->tgid;
        record->tid = current->pid;
        record->uid = __kuid_val(current_uid()); /* the initial namespace maps to itself */
        record->time = ktime_get_ns();
        memcpy(record->comm, current->comm, AMP_COMM);
        record->comm[AMP_COMM - 1] = 0;
}

/* What ring_reserve() gave, filled. */
static void record_commit(struct ring *ring, const struct amp_record *record)
{
        waker_wake(&ring_waker, ring_commit(ring, record->size));
}

static inline struct ring *ring_of(int cpu)
{
        return &per_cpu_ptr(buffers, cpu)->ring;
}

static bool rings_have(void)
{
        int cpu;

        for_each_possible_cpu(cpu)
        {
                const struct ring *ring = ring_of(cpu);

                if (ring_has(ring) || READ_ONCE(ring->lost) != ring->lost_told)
                        return true;
        }
        return probes_missed() != READ_ONCE(missed_told);
}

/* LOST events since *TOLD of them were told. */
static ssize_t tell_lost(unsigned long lost, unsigned long *lost_told, char __user *to, size_t room)
{
        struct {
                struct amp_record record;
                struct amp_lost lost;
        } told = { .record = { .size = sizeof(told), .type = AMP_LOST, .time = ktime_get_ns() } };

        if (lost == *lost_told || room < sizeof(told))
                return 0;
        told.lost.events = lost - *lost_told;
        if (copy_to_user(to, &told, sizeof(told)))
                return -EFAULT;
        WRITE_ONCE(*lost_told, lost);
        return sizeof(told);
}

/* Whole records of one ring, as many as ROOM holds. Bytes, or -EFAULT. */
static ssize_t ring_drain(struct ring *ring, char __user *to, size_t room)
{
        ssize_t done = tell_lost(READ_ONCE(ring->lost), &ring->lost_told, to, room);
        const struct amp_record *record;

        while (done >= 0 && (record = ring_peek(ring))) {
                if (record->size > room - done)
                        break;
                if (copy_to_user(to + done, record, record->size))
                        return done ?: -EFAULT;
                done += record->size;
                ring_next(ring, record);
        }
        return done;
}

static ssize_t rings_drain(char __user *to, size_t room)
{
        ssize_t done = tell_lost(probes_missed(), &missed_told, to, room), r;
        int cpu;

        if (done < 0)
                return done;
        for_each_possible_cpu(cpu)
        {
                r = ring_drain(ring_of(cpu), to + done, room - done);
                if (r < 0)
                        return done ?: r;
                done += r;
                cond_resched();
        }
        return done;
}

static ssize_t ring_read(struct file *file, char __user *to, size_t room, loff_t *pos)
{
        ssize_t r;

        if (room < RECORD_MAX)
                return -EINVAL;
        for (;;) {
                if (mutex_lock_interruptible(&ring_reading))
                        return -ERESTARTSYS;
                r = rings_drain(to, min_t(size_t, room, INT_MAX));
                mutex_unlock(&ring_reading);
                if (r)
                        return r;
                if (file->f_flags & O_NONBLOCK)
                        return -EAGAIN;
                if (wait_event_interruptible(ring_readers, rings_have()))
                        return -ERESTARTSYS;
        }
}

static __poll_t ring_poll(struct file *file, poll_table *wait)
{
        poll_wait(file, &ring_readers, wait);
        return rings_have() ? EPOLLIN | EPOLLRDNORM : 0;
}

/* Handlers run with preemption off: after this none is in a ring. */
static void buffers_free(void)
{
        int cpu;

        synchronize_rcu();
        for_each_possible_cpu(cpu)
        {
                vfree(ring_of(cpu)->data);
                ring_of(cpu)->data = NULL;
        }
}

/* Before the reader is known, so that no handler looks at them yet. */
static int buffers_make(void)
{
        int cpu;

        for_each_present_cpu(cpu)
        {
                struct ring *ring = ring_of(cpu);

                ring->bytes = RING_BYTES;
                ring->data = vzalloc_node(RING_BYTES, cpu_to_node(cpu));
                if (!ring->data) {
                        buffers_free();
                        return -ENOMEM;
                }
        }
        return 0;
}

/* The module's: a reader comes (0 or -errno) and goes; after the latter no handler begins for it. */
static int reader_comes(void);
static void reader_goes(void);

/* One reader; what was lost before it is not its loss. */
static int ring_open(struct inode *inode, struct file *file)
{
        int cpu, r;

        if (atomic_cmpxchg(&ring_open_count, 0, 1))
                return -EBUSY;
        r = buffers_make();
        if (!r) {
                r = reader_comes();
                if (r)
                        buffers_free();
        }
        if (r) {
                atomic_set(&ring_open_count, 0);
                return r;
        }
        for_each_possible_cpu(cpu)
        {
                struct ring *ring = ring_of(cpu);

                ring->tail = ring->head;
                ring->lost_told = READ_ONCE(ring->lost);
        }
        missed_told = probes_missed();
        smp_store_release(&ring_reader, current->tgid);
        return stream_open(inode, file);
}

static int ring_release(struct inode *inode, struct file *file)
{
        WRITE_ONCE(ring_reader, 0);
        reader_goes();
        buffers_free();
        atomic_set_release(&ring_open_count, 0);
        return 0;
}

static const struct file_operations ring_operations = {
        .owner = THIS_MODULE,
        .open = ring_open,
        .release = ring_release,
        .read = ring_read,
        .poll = ring_poll,
};

static struct miscdevice ring_device = {
        .minor = MISC_DYNAMIC_MINOR,
        .name = KBUILD_MODNAME,
        .fops = &ring_operations,
        .mode = 0400,
};

static int rings_make(void)
{
        waker_init(&ring_waker, ring_wake, WAKER_QUEUE);
        buffers = alloc_percpu(struct buffer);
        return buffers ? 0 : -ENOMEM;
}

/* After the probes are gone: nobody writes any more. */
static void rings_unmake(void)
{
        waker_stop(&ring_waker);
        free_percpu(buffers);
}

#endif
