/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run that was cut off (kill -9, power): found at the next start, while the lock is held. What
 * was temporary is put back; what was begun is settled as done or not done, so that undo knows; the
 * log is ended, but not where the run owes the connector a restart (repair/owed.h): that comes first. A log that cannot be read is named and passed over. The faults themselves are then probed afresh like any others. */
#ifndef SECEP_REPAIR_RECOVER_H
#define SECEP_REPAIR_RECOVER_H

#include <stdbool.h>
#include "lib/sys.h"

/* Is there a log without its end, or one that ended without the restart it owes? Cheap; without the lock it may be one of a run at work.
 * 1, 0, or -errno with *WHY. */
int recover_needed(const struct sys *sys, char **why);

struct recovery {
        char **settled; /* ids; NULL: none */
        char **skipped; /* "FILE:LINE: why" of logs that cannot be read; NULL: none */
        char **owing;   /* ids of those that owe a restart; NULL: none */
        unsigned owed;  /* the faults it is owed for, 1u << id */
};

/* Settles every cut-off run whose log can be read. 0, or -errno with *WHY naming the log: then
 * nothing may be changed. */
int recover_all(const struct sys *sys, int lock_fd, struct recovery *out, char **why);
/* Ends what those runs left half done where no fault sees it (kind.h, finish), each that cannot be a line for TELL(DATA). */
void recover_finish(const struct sys *sys, int lock_fd, const struct recovery *recovery,
                    void (*tell)(void *, const char *), void *data);
/* The restart was made, or is wanted no more: the logs of those that owed it are ended. 0 or -errno. */
int recover_end(const struct sys *sys, const struct recovery *recovery, char **why);
/* One line each for TELL(DATA). */
void recovery_tell(const struct recovery *recovery, void (*tell)(void *, const char *), void *data);
void recovery_free(struct recovery *recovery);
#define _cleanup_recovery_ _cleanup_(recovery_free)

#endif
