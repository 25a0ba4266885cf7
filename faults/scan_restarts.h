/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 6 in its parts: scan_restarts.c counts, scan_restarts_plan.c acts. */
#ifndef SECEP_FAULTS_SCAN_RESTARTS_H
#define SECEP_FAULTS_SCAN_RESTARTS_H

#include "faults/fault.h"
#include "faults/plan.h"
#include "lib/conf.h"

#define SCAN_QUIET_SECONDS 600 /* the connector clears it after ten minutes without a failure */

/* Seconds without a failure that clear it: secep.conf may say otherwise. */
static inline int64_t scan_quiet_seconds(const struct sys *sys)
{
        return conf_long(sys, "ScanQuietSeconds", SCAN_QUIET_SECONDS);
}

/* The fault's plan (struct fault). */
int scan_restarts_plan(const struct sys *sys, struct finding *f, struct plan *plan);

#endif
