/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Repair= of secep.conf: the wish for a repair, written where secep-repair-pending.path watches. */
#ifndef SECEP_MONITOR_SELF_REPAIR_H
#define SECEP_MONITOR_SELF_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sys;

/* An empty file of the fault's number, where Repair= names it: the server believes no content, and reads
 * Repair= again. What fails is said; the hourly look does not ask again. */
void self_repair_request(const struct sys *sys, int fault);

enum { REPAIR_CLEARED, REPAIR_LEFT, REPAIR_GIVEN_UP, REPAIR_RESULTS };
extern const char *const repair_result_names[REPAIR_RESULTS];
struct repair_counts {
        uint64_t of[REPAIR_RESULTS];
};
/* What the server counted; zeros where it counted nothing. */
void self_repair_counts(const struct sys *sys, struct repair_counts *out);

#endif
