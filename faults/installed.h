/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults that only an installed connector can have: 6, 7 and 18. */
#ifndef SECEP_FAULTS_INSTALLED_H
#define SECEP_FAULTS_INSTALLED_H

#include "faults/fault.h"

/* Is the connector installed? 1, or what the probe is to return, with F saying why it is not
 * judged. */
int connector_judged(const struct sys *sys, struct finding *f);

/* The same where moreover only a running system can have the fault: NOT_LIVE says so of another. */
int connector_judged_live(const struct sys *sys, const char *not_live, struct finding *f);

#endif
