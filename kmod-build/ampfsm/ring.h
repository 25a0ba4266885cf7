/* SPDX-License-Identifier: GPL-2.0 */
/* A ring of records per CPU and the character device that reads them. Included once by each module.
 *
 * Writers are probes: they run with preemption off and kprobes do not nest, so each ring has one
 * writer; the reader holds a mutex, so it has one reader. Neither waits for the other: HEAD belongs
 * to the writer, TAIL to the reader, and a record without room is counted, not waited for.
 *
 * The buffers are there while the device is open, for the processors that are present then: a module
 * nobody reads costs no memory. A record on a processor that came later is counted as lost, like what
 * the kernel says a probe missed.
 *
 * Waking the reader is what costs, not the record: the first record after a quiet time starts a
 * timer, and a ring half full wakes at once. */
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

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
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
#include <linux/workqueue.h>

#include "record.h"

#define RING_BYTES (256u << 10) /* per CPU; a power of two */
#define RING_WAKE (RING_BYTES / 2)
#define RING_QUIET_MS 10
#define RECORD_MAX (sizeof(struct amp_record) + sizeof(struct amp_file) + AMP_PATHS + 8)
#define RECORD_PAD 0 /* type of what fills the end of the buffer */

struct ring {
        unsigned long head, tail; /* bytes ever written, ever read */
        unsigned long lost, lost_told;
        char *data; /* NULL: nobody reads, or the processor came after the reader */
        char scratch[2][AMP_PATHS / 2];
};

static struct ring __percpu *rings;
static DECLARE_WAIT_QUEUE_HEAD(ring_readers);
static DEFINE_MUTEX(ring_reading);
static atomic_t ring_open_count = ATOMIC_INIT(0);
static unsigned long missed_told;
static pid_t ring_reader;   /* its own events are not reported; 0: nobody reads, nothing is kept */
static atomic_t ring_armed; /* a wake-up is on its way */

static void ring_wake(struct work_struct *work)
{
        atomic_set(&ring_armed, 0);
        wake_up_interruptible(&ring_readers);
}
static DECLARE_DELAYED_WORK(ring_wake_later, ring_wake);

static void ring_kick(struct irq_work *work);
static struct irq_work ring_kick_work;
static bool ring_hurry;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define RING_QUEUE system_percpu_wq /* where system_wq warns */
#else
#define RING_QUEUE system_wq
#endif

static void ring_kick(struct irq_work *work)
{
        if (xchg(&ring_hurry, false))
                mod_delayed_work(RING_QUEUE, &ring_wake_later, 0);
        else
                queue_delayed_work(RING_QUEUE, &ring_wake_later, msecs_to_jiffies(RING_QUIET_MS));
}

static inline bool ring_wanted(void)
{
        pid_t reader = smp_load_acquire(&ring_reader); /* with its buffers */

        return reader && current->tgid != reader && !(current->flags & PF_KTHREAD);
}

/* What the probes of this module missed since it was loaded (probes.h). */
static unsigned long probes_missed(void);

/* Room for a record of SIZE bytes in one piece, or NULL and one more lost. */
static struct amp_record *ring_reserve(struct ring *ring, unsigned int size)
{
        unsigned long tail = smp_load_acquire(&ring->tail);
        unsigned long offset = ring->head & (RING_BYTES - 1);
        unsigned long rest = RING_BYTES - offset;

        if (!ring->data) {
                WRITE_ONCE(ring->lost, ring->lost + 1);
                return NULL;
        }
        if (size > rest) {
                if (ring->head + rest + size - tail > RING_BYTES) {
                        WRITE_ONCE(ring->lost, ring->lost + 1);
                        return NULL;
                }
                /* rest is at least 8: both are multiples of 8 */
                ((struct amp_record *)(ring->data + offset))->size = 0;
                smp_store_release(&ring->head, ring->head + rest);
                return (struct amp_record *)ring->data;
        }
        if (ring->head + size - tail > RING_BYTES) {
                WRITE_ONCE(ring->lost, ring->lost + 1);
                return NULL;
        }
        return (struct amp_record *)(ring->data + offset);
}

static void ring_fill(struct amp_record *record, enum amp_type type, unsigned int size)
{
        record->size = size;
        record->type = type;
        record->flags = 0;
        record->pid = current->tgid;
        record->tid = current->pid;
        record->uid = __kuid_val(current_uid()); /* the initial namespace maps to itself */
        record->time = ktime_get_ns();
        memcpy(record->comm, current->comm, AMP_COMM);
        record->comm[AMP_COMM - 1] = 0;
}

static void ring_commit(struct ring *ring, const struct amp_record *record)
{
        unsigned long head = ring->head + record->size;
        bool hurry = head - READ_ONCE(ring->tail) >= RING_WAKE;

        smp_store_release(&ring->head, head);
        smp_mb(); /* the reader sees the record, or this the reader's wake-up done */
        if (atomic_read(&ring_armed) > hurry || atomic_xchg(&ring_armed, 1 + hurry) > hurry)
                return;
        if (hurry)
                WRITE_ONCE(ring_hurry, true);
        irq_work_queue(&ring_kick_work);
}

static bool ring_has(const struct ring *ring)
{
        return smp_load_acquire(&ring->head) != ring->tail ||
               READ_ONCE(ring->lost) != ring->lost_told;
}

static bool rings_have(void)
{
        int cpu;

        for_each_possible_cpu(cpu) if (ring_has(per_cpu_ptr(rings, cpu))) return true;
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
        unsigned long head = smp_load_acquire(&ring->head);
        ssize_t done = tell_lost(READ_ONCE(ring->lost), &ring->lost_told, to, room);

        while (done >= 0 && ring->tail != head) {
                unsigned long offset = ring->tail & (RING_BYTES - 1);
                const struct amp_record *record = (void *)(ring->data + offset);

                if (!record->size) {
                        smp_store_release(&ring->tail, ring->tail + RING_BYTES - offset);
                        continue;
                }
                if (record->size > room - done)
                        break;
                if (copy_to_user(to + done, record, record->size))
                        return done ?: -EFAULT;
                done += record->size;
                smp_store_release(&ring->tail, ring->tail + record->size);
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
                r = ring_drain(per_cpu_ptr(rings, cpu), to + done, room - done);
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
                vfree(per_cpu_ptr(rings, cpu)->data);
                per_cpu_ptr(rings, cpu)->data = NULL;
        }
}

/* Before the reader is known, so that no handler looks at them yet. */
static int buffers_make(void)
{
        int cpu;

        for_each_present_cpu(cpu)
        {
                struct ring *ring = per_cpu_ptr(rings, cpu);

                ring->data = vzalloc_node(RING_BYTES, cpu_to_node(cpu));
                if (!ring->data) {
                        buffers_free();
                        return -ENOMEM;
                }
        }
        return 0;
}

/* One reader; what was lost before it is not its loss. */
static int ring_open(struct inode *inode, struct file *file)
{
        int cpu, r;

        if (atomic_cmpxchg(&ring_open_count, 0, 1))
                return -EBUSY;
        r = buffers_make();
        if (r) {
                atomic_set(&ring_open_count, 0);
                return r;
        }
        for_each_possible_cpu(cpu)
        {
                struct ring *ring = per_cpu_ptr(rings, cpu);

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
        init_irq_work(&ring_kick_work, ring_kick);
        rings = alloc_percpu(struct ring);
        return rings ? 0 : -ENOMEM;
}

/* After the probes are gone: nobody writes any more. */
static void rings_unmake(void)
{
        irq_work_sync(&ring_kick_work);
        cancel_delayed_work_sync(&ring_wake_later);
        free_percpu(rings);
}

#endif
