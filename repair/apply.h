/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only file that changes a machine: one loop over the steps of a plan. For each: its intent and
 * what undo needs are on disk, then it is done, then its outcome is on disk. */
#ifndef SECEP_REPAIR_APPLY_H
#define SECEP_REPAIR_APPLY_H

#include "lib/progress.h"
#include "lib/runlog.h"
#include "repair/outcome.h"

/* A run that changes something: one lock, one log, begun at its first step. */
struct work {
        const struct sys *sys;
        char *const *argv; /* of the program, for the log */
        bool rehearsal;    /* steps that need the running system are left out */
        int lock_fd;
        struct runlog *log; /* NULL until the first step */
        unsigned steps;     /* logged so far */
        bool log_failed;    /* it may end in a torn record: nothing more is done */
        char *daemon;       /* the connector's, for the log (repair/owed.h) */
        unsigned owed;      /* 1u << id: a restart for these faults is owed by an earlier run */
        bool restart_failed;
        const struct progress *progress;
        struct package_session *packages; /* what the plan under way was resolved in */
        /* Told before and after each step; may be NULL. */
        void (*on_step)(void *data, const struct step *step, const struct step_result *result);
        void *data;
};

/* Does the steps of O->plan that are still planned, in order; a failure skips what may depend on it
 * (all but the kinds that stand alone). Results go into O->results. 0 when all were done (or not rehearsed), else the -errno of the first
 * failure. */
int apply_plan(struct work *work, struct outcome *o);

/* The same for a step of the run itself, whose result is the last of REPORT->closing. */
int apply_closing(struct work *work, struct report *report);

/* Ends the log, if one was begun, with the run's exit status. */
void apply_end(struct work *work, int status);

#endif
