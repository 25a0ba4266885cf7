/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What secep itself did about a fault before, from its run logs. */
#ifndef SECEP_CONNECTOR_EPISODES_H
#define SECEP_CONNECTOR_EPISODES_H

#include <time.h>
#include "lib/sys.h"

/* Runs begun since SINCE that finished a step of kind KIND ("move-file") for FAULT on a target that
 * ends in SUFFIX, and did not undo it. Logs that cannot be read count as none. */
int episodes_count(const struct sys *sys, int fault, const char *kind, const char *suffix,
                   time_t since);

#endif
