/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run that was cut off (kill -9, power): found at the next start, while the lock is held. What
 * was temporary is put back; what was begun is settled as done or not done, so that undo knows; the
 * log is ended. The faults themselves are then probed afresh like any others. */
#ifndef SECEP_REPAIR_RECOVER_H
#define SECEP_REPAIR_RECOVER_H

#include <stdbool.h>
#include "lib/sys.h"

/* Is there a log without its end? Cheap; without the lock it may be one of a run at work.
 * 1, 0, or -errno with *WHY. */
int recover_needed(const struct sys *sys, char **why);

/* Settles every cut-off run; *SETTLED gets their ids (NULL-terminated, may be NULL for none).
 * 0, or -errno with *WHY naming the log: then nothing may be changed. */
int recover_all(const struct sys *sys, int lock_fd, char ***settled, char **why);

#endif
