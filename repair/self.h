/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Repair= of secep.conf: the faults that may be repaired without a person. Read by who asks and by who
 * repairs. */
#ifndef SECEP_REPAIR_SELF_H
#define SECEP_REPAIR_SELF_H

#include <stdbool.h>

/* Where a fault's number is written for secep-installer run-pending, and what that counted. */
#define SELF_REPAIR_NEW "/var/lib/secep/pending/new"
#define REPAIR_RESULTS_FILE "/var/lib/secep/pending/results.json"
#define REPAIR_WORD_CLEARED "cleared"
#define REPAIR_WORD_LEFT "left"
#define REPAIR_WORD_GIVEN_UP "given-up"

struct sys;

/* Does Repair= name FAULT, by number? Words that are no fault's number name none. */
bool self_repair_allowed(const struct sys *sys, int fault);

#endif
