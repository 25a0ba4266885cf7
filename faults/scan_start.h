/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7 in its parts: scan_start.c asks whether the scan process runs, these why it does not and
 * what is done about it. */
#ifndef SECEP_FAULTS_SCAN_START_H
#define SECEP_FAULTS_SCAN_START_H

#include "faults/fault.h"
#include "faults/plan.h"
#include "host/unit_ask.h"

/* Why it does not run, or on a system that is not running would not: program, disk, signatures,
 * memory, in this order. 0 with the finding made, or -errno with it (could not tell). */
int scan_start_host(const struct sys *sys, struct finding *f);

/* Has the connector's service failed, or is it started again and again after it did? 1 with how it
 * ended, 0, or -errno: could not be asked (-ESRCH: not a system run by systemd). */
int scan_start_failed(const struct sys *sys, struct unit_end *end);

/* The finding of a service that ended so: one restart, and a person where that did not last. In a
 * proof with the last lines of its journal. 0. */
int scan_start_ended(const struct sys *sys, const struct unit_end *end, struct finding *f);

/* What would be done about S, for the plan. A directory of such a name is left to a person. */
void scan_start_learn(struct finding *f, const char *path, const struct stat *st);

/* The fault's plan (struct fault). */
int scan_start_plan(const struct sys *sys, struct finding *f, struct plan *plan);

#endif
