/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the faults of a kernel (8, 9, 11, 16) ask alike. */
#ifndef SECEP_FAULTS_KERNEL_H
#define SECEP_FAULTS_KERNEL_H

#include "faults/fault.h"

/* What ends 11 and 16 where nothing else does. */
#define KERNEL_CONSOLE                                                                             \
        "or turn off Monitor File Copies and Moves and Enable Device Flow Correlation in the "     \
        "policy (console)"

/* The gate: is one of the policy's OPTIONS (struct connector_gate) on? 1 to go on, 0 when the
 * finding is made (not applicable: "OFF off in the policy"), or -errno with it (could not tell). */
int policy_gate(const struct sys *sys, unsigned options, const char *off, struct finding *f);
/* That of 11 and 16: either of the two. */
int kernel_gate(const struct sys *sys, struct finding *f);

#endif
