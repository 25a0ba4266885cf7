/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked before a fault is: of 6, 7 and 18 a connector that can have it, of 8, 9, 11 and 16 a
 * policy that wants it. */
#ifndef SECEP_FAULTS_GATE_H
#define SECEP_FAULTS_GATE_H

#include "faults/fault.h"

/* What clears 11 and 16 where nothing else does, as a note, once. */
void kernel_console_note(struct finding *f);

/* The gate: is one of the policy's OPTIONS (struct connector_gate) on? 1 to go on, 0 when the
 * finding is made (not applicable: "turned off in the policy: OFF"), or -errno with it (could not tell). */
int policy_gate(const struct sys *sys, unsigned options, const char *off, struct finding *f);
/* That of 11 and 16: either of the two. */
int kernel_gate(const struct sys *sys, struct finding *f);

/* Is the connector installed? 1, or what the probe is to return, with F saying why it is not
 * judged. */
int connector_judged(const struct sys *sys, struct finding *f);

/* The same where moreover only a running system can have the fault: NOT_LIVE says so of another. */
int connector_judged_live(const struct sys *sys, const char *not_live, struct finding *f);

#endif
