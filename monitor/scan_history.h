/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The writer of the scan process's starts; connector/crashes.h has the reader and the form of a line. */
#ifndef SECEP_MONITOR_SCAN_HISTORY_H
#define SECEP_MONITOR_SCAN_HISTORY_H

#include "connector/crashes.h"

#define HISTORY_KEPT                                                                               \
        512 /* lines: more than a loop of one a second makes in ten minutes is one anyway */

/* TEXT and one line more, at most the last HISTORY_KEPT lines; malloc'ed. */
char *scan_history_add(const char *text, int64_t epoch, const struct process *scanner,
                       const struct process *daemon);
/* Into SCAN_HISTORY, unless it has this start already. 0 or -errno with *WHY. */
int scan_history_write(const struct sys *sys, int64_t epoch, const struct process *scanner,
                       const struct process *daemon, char **why);

#endif
