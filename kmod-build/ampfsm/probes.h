/* SPDX-License-Identifier: GPL-2.0 */
/* A monitor's probes and its life: rings, then probes, then the device, and back. Included once by
 * each module, after device.h. */
#ifndef AMP_PROBES_H
#define AMP_PROBES_H

#define PROBES_MAX 8

static struct kprobe *probes_on[PROBES_MAX];
static int probes_count;

/* What the module's own kretprobes missed. */
static unsigned long missed_more(void);

static int probe_failed(const char *symbol, int r)
{
        pr_err("no probe on %s: error %d\n", symbol, r);
        return r;
}

static unsigned long probes_missed(void)
{
        unsigned long missed = missed_more();
        int i;

        for (i = 0; i < probes_count; i++)
                missed += READ_ONCE(probes_on[i]->nmissed);
        return missed;
}

/* In one batch: the kernel waits for running handlers once, not once a probe. */
static void probes_unregister(void)
{
        unregister_kprobes(probes_on, probes_count);
        probes_count = 0;
}

/* All of them, or none and the error of the first that failed. */
static int probes_register(struct kprobe *probes, int n)
{
        int r;

        while (probes_count < n) {
                struct kprobe *probe = &probes[probes_count];

                r = register_kprobe(probe);
                if (r) {
                        probes_unregister();
                        return probe_failed(probe->symbol_name, r);
                }
                probes_on[probes_count++] = probe;
        }
        return 0;
}

/* Probes that were registered disabled. All of them, or none and the error of the first that failed. */
static void __maybe_unused probes_disable(int n)
{
        while (n > 0)
                disable_kprobe(probes_on[--n]);
}

static int __maybe_unused probes_enable(void)
{
        int i, r;

        for (i = 0; i < probes_count; i++) {
                r = enable_kprobe(probes_on[i]);
                if (r) {
                        probes_disable(i);
                        return probe_failed(probes_on[i]->symbol_name, r);
                }
        }
        return 0;
}

/* Both give back what they had when they fail. */
static int monitor_begin(struct kprobe *probes, int n)
{
        int r = rings_make();

        if (r)
                return r;
        r = probes_register(probes, n);
        if (r) {
                rings_unmake();
                return r;
        }
        r = misc_register(&ring_device);
        if (r) {
                probes_unregister();
                rings_unmake();
        }
        return r;
}

static void monitor_end(void)
{
        misc_deregister(&ring_device);
        probes_unregister();
        rings_unmake();
}

#endif
