/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which faults are to be looked at again, the look, and what becomes of it. */
#ifndef SECEP_MONITOR_LOOK_H
#define SECEP_MONITOR_LOOK_H

#include "monitor/monitor.h"

/* Looks again at FAULTS, DEBOUNCE_MS after the first such wish; a storm costs one look. */
void monitor_want(struct monitor *m, unsigned faults);
/* The look itself, at once: each fault of FAULTS, its transitions to the outputs. */
void monitor_look(struct monitor *m, unsigned faults);
/* The faults of which the last look could not tell. */
unsigned monitor_untold(const struct monitor *m);
/* Tries again what could not be written, and replaces faults.json and the metrics. */
void monitor_publish(struct monitor *m);

/* Reads secep.conf again; a bad one is said and what was set stays. */
void monitor_reload(struct monitor *m);

#endif
