/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many events of the kinds the connector watches each process makes, over a few seconds: by a
 * small eBPF program at the kernel's raw sys_enter tracepoint that counts in a per-CPU hash, or by
 * differences of /proc/PID/task/TID/io where eBPF is refused. */
#ifndef SECEP_HOST_EVENTS_H
#define SECEP_HOST_EVENTS_H

#include <stddef.h>
#include <stdint.h>
#include "lib/sys.h"
#include "lib/util.h"

struct event_source {
        char *program; /* by path, or "NAME (ended)"; many processes of one program are one */
        char *unit;    /* of its busiest process; NULL: none */
        int pid;       /* its busiest process */
        uint64_t events;
        unsigned processes;
};

struct events {
        struct event_source *sources; /* busiest first */
        size_t n;
        uint64_t total;
        int64_t window_ms;
        bool by_ebpf;
        char *refused; /* why not by eBPF, or NULL */
};

/* Measures for WINDOW_MS. 0 or -errno with *WHY. */
int events_measure(const struct sys *sys, int64_t window_ms, struct events *out, char **why);
void events_free(struct events *events);
#define _cleanup_events_ _cleanup_(events_free)

#endif
