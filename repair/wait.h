/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --wait: after a repair, until the monitor says of each fault that was repaired that it is cleared. */
#ifndef SECEP_REPAIR_WAIT_H
#define SECEP_REPAIR_WAIT_H

#include "repair/outcome.h"

/* Where secep-monitord says how things stand, and what it keeps locked while it lives. */
#define MONITOR_RUN_DIR "/run/secep"
#define MONITOR_SNAPSHOT MONITOR_RUN_DIR "/faults.json"
#define MONITOR_SNAPSHOT_MAX ((size_t)1 << 20)
#define MONITOR_LOCK MONITOR_RUN_DIR "/monitor.lock"
#define MONITOR_ASK MONITOR_RUN_DIR "/ask-connector" /* touched: secep-ampcli.path has it asked */

/* The faults of REPORT that were repaired and are ok by our own word, into IDS (room for each), 0 after
 * the last. */
void wait_faults(const struct report *report, int *ids);

/* Does a monitor live? By its lock: a file of a dead one is no word. */
bool monitor_lives(const struct sys *sys);
/* Has it look at everything now, as SIGUSR1 does. 0, or -ESRCH: none lives; or what kill(2) said. */
int monitor_ask_look(const struct sys *sys);
/* What it says of fault ID in TEXT, faults.json: 1 cleared, 0 not (or not yet known), -EBADMSG: it says
 * nothing of it. */
int monitor_says_cleared(const char *text, int id);

/* A descriptor to see by that the monitor replaced its word, negative where that cannot be seen; and
 * waiting for that, at most MS and no longer than for a signal. */
int monitor_follow(const struct sys *sys);
void monitor_await(int fd, int ms);

/* Waits at most SECONDS, and no longer than for a signal. The exit status: 0 all are cleared there, 1 one is
 * not, 3 no monitor lives or what it says cannot be read; with *WHY. */
int wait_cleared(const struct sys *sys, const int *ids, long seconds, char **why);

#endif
