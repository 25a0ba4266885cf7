/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ways to run: as a daemon, once, until faults are cleared. Each gives the exit status. */
#ifndef SECEP_MONITOR_DAEMON_H
#define SECEP_MONITOR_DAEMON_H

#include "lib/sys.h"

int daemon_run(struct sys *sys);
int once_run(void);
/* Ends when each of WANTED (LOOK() bits) is cleared, or after SECONDS (0: never) with the exit status of
 * what is left. Writes nothing. */
int until_clear_run(struct sys *sys, unsigned wanted, long seconds);

#endif
