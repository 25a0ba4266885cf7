/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --history: what runs there were on this root. */
#ifndef SECEP_REPAIR_HISTORY_H
#define SECEP_REPAIR_HISTORY_H

#include <stdbool.h>
#include <stdio.h>
#include "lib/sys.h"

/* Prints the runs, oldest first, as text or as {"schema":1,"runs":[...]}. A corrupt log is one line
 * in *WHY; the others are printed all the same, and -EBADMSG returned. */
int history_print(const struct sys *sys, bool json, FILE *to, char **why);

#endif
