/* SPDX-License-Identifier: GPL-2.0 */
/* How a probe sets a reader to work. Waking costs far more than the record: the first record after a
 * quiet time starts a timer, and one that cannot wait cuts it short. A probe may hold locks of the
 * scheduler and of timers as far as it knows, so all it does is to raise an interrupt. */
#ifndef AMP_WAKER_H
#define AMP_WAKER_H

#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#define WAKER_QUIET_MS 10

struct waker {
        struct irq_work kick;
        struct delayed_work work;
        struct workqueue_struct *queue;
        atomic_t armed; /* the work is on its way; 2: at once */
        bool hurry;
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define WAKER_QUEUE system_percpu_wq /* where system_wq warns */
#else
#define WAKER_QUEUE system_wq
#endif

static void waker_kick(struct irq_work *kick)
{
        struct waker *waker = container_of(kick, struct waker, kick);

        if (xchg(&waker->hurry, false))
                mod_delayed_work(waker->queue, &waker->work, 0);
        else
                queue_delayed_work(waker->queue, &waker->work, msecs_to_jiffies(WAKER_QUIET_MS));
}

static inline void waker_init(struct waker *waker, work_func_t work, struct workqueue_struct *queue)
{
        init_irq_work(&waker->kick, waker_kick);
        INIT_DELAYED_WORK(&waker->work, work);
        waker->queue = queue;
}

/* In a probe, after the record is committed. */
static inline void waker_wake(struct waker *waker, bool hurry)
{
        smp_mb(); /* the reader sees the record, or this waker_begins() */
        if (atomic_read(&waker->armed) > hurry || atomic_xchg(&waker->armed, 1 + hurry) > hurry)
                return;
        if (hurry)
                WRITE_ONCE(waker->hurry, true);
        irq_work_queue(&waker->kick);
}

/* First thing in the work, before it looks for records. */
static inline void waker_begins(struct waker *waker)
{
        atomic_set(&waker->armed, 0);
        smp_mb(); /* with waker_wake() */
}

/* Nobody wakes any more, and what was on its way is done or never will be. */
static inline void waker_stop(struct waker *waker)
{
        irq_work_sync(&waker->kick);
        cancel_delayed_work_sync(&waker->work);
}

#endif
