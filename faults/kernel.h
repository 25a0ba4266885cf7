/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the faults of a kernel (8, 9, 11, 16) ask alike. */
#ifndef SECEP_FAULTS_KERNEL_H
#define SECEP_FAULTS_KERNEL_H

#include "faults/fault.h"

/* What ends 11 and 16 where nothing else does. */
#define KERNEL_CONSOLE                                                                             \
        "or turn off Monitor File Copies and Moves and Enable Device Flow Correlation in the "     \
        "policy (console)"

/* The gate of 11 and 16, either of the two policy options: 1 to go on, 0 when the finding is made
 * (not applicable), or -errno with it (could not tell). */
int kernel_gate(const struct sys *sys, struct finding *f);

#endif
