/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The eBPF half of host/events.h: one program of a few instructions, loaded by bpf(2) itself,
 * without libbpf, BTF or a compiler. */
#ifndef SECEP_HOST_SAMPLER_H
#define SECEP_HOST_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/sys.h"

struct sampler {
        int calls;  /* array: system call -> does it count */
        int last;   /* per CPU: the process that made its last event, and how many in a row */
        int counts; /* per-CPU hash: process -> events before those */
        int program, link;
};
#define SAMPLER_INIT                                                                               \
        {                                                                                          \
                .calls = -1, .last = -1, .counts = -1, .program = -1, .link = -1                   \
        }

/* Loads and attaches. EMPTY: a program that does nothing, to compare with. 0 or -errno with *WHY.
 */
int sampler_start(struct sampler *s, bool empty, char **why);
/* Calls FOUND for each process and its events so far, a few of them twice while it counts. 0 or
 * -errno. */
int sampler_read(const struct sys *sys, const struct sampler *s,
                 void (*found)(void *, int pid, uint64_t events), void *data);
/* Stops counting: what is read after it is exact. */
void sampler_pause(struct sampler *s);
/* Runs and nanoseconds of the program while kernel.bpf_stats_enabled was on. 0 or -errno. */
int sampler_cost(const struct sampler *s, uint64_t *runs, uint64_t *ns);
void sampler_stop(struct sampler *s);

#endif
