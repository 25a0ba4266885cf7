/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Repair= of secep.conf: the faults that may be repaired without a person. Read by who asks and by who
 * repairs. */
#ifndef SECEP_REPAIR_SELF_H
#define SECEP_REPAIR_SELF_H

#include <stdbool.h>

struct sys;

/* Does Repair= name FAULT, by number? Words that are no fault's number name none. */
bool self_repair_allowed(const struct sys *sys, int fault);

#endif
