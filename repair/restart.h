/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a repair: the connector sets up its monitors only when it starts, so a run that repaired
 * one of them ends with one restart of its service, a step of the run's own (report.closing), and with
 * the connector's own word. */
#ifndef SECEP_REPAIR_RESTART_H
#define SECEP_REPAIR_RESTART_H

#include "repair/apply.h"
#include "repair/outcome.h"

/* Restarts the connector's service once where a plan asks for it, or a step was done for a fault that
 * does, or WORK says that it is owed, and the service is active; not where a later outcome's step restarted it and the scan process
 * runs. 0, also where nobody asks, or -errno; *ASKED (malloc'ed, room for each outcome) are those that
 * did, *N of them. */
int restart_connector(struct work *work, struct report *report, struct outcome ***asked, size_t *n);

/* After that: asks ampcli until the faults of the N outcomes in ASKED are gone there, and notes its
 * word, which restart_take_word() holds against what the probe says. */
void restart_ask(const struct sys *sys, struct outcome **asked, size_t n);
void restart_take_word(struct outcome *o);

/* Adds the restart that would end the plans in REPORT. */
void restart_plan(const struct sys *sys, struct report *report);

#endif
