/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7 in its parts: scan_start.c asks whether the scan process runs, these why it does not and
 * what is done about it. */
#ifndef SECEP_FAULTS_SCAN_START_H
#define SECEP_FAULTS_SCAN_START_H

#include "faults/fault.h"
#include "faults/plan.h"

/* Why it does not run, or on a system that is not running would not: program, disk, signatures,
 * memory, in this order. 0 with the finding made, or -errno with it (could not tell). */
int scan_start_host(const struct sys *sys, struct finding *f);

/* The fault's plan (struct fault): only what is proved bad is moved. */
int scan_start_plan(const struct sys *sys, struct finding *f, struct plan *plan);

#endif
