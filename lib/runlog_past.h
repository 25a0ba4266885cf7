/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What secep did lately: the steps of recent runs that were done and not undone. Read once for all
 * questions of a look, and only by one that has found something; its cost has a bound. */
#ifndef SECEP_LIB_RUNLOG_PAST_H
#define SECEP_LIB_RUNLOG_PAST_H

#include "lib/runlog.h"

/* Bytes of logs that one look reads, the newest run first: some 15,000 steps, 0.1 s. */
#define RUNLOG_PAST_MAX ((int64_t)4 << 20)

struct past_step {
        char *kind, *target;
        unsigned faults; /* bits 1 << number of what it was for */
        unsigned run;    /* index into runs */
};

struct past_run {
        char *id;
        time_t time;
        bool left; /* it ended, and a fault was left then */
};

struct runlog_past {
        struct past_run *runs; /* newest first */
        size_t n_runs;
        struct past_step *steps; /* sorted by target, then kind, then newest first */
        size_t n;
        struct past_step
                *failed; /* tried and failed, in no order; what was refused (EPERM) was not tried */
        size_t n_failed;
        char **skipped; /* "FILE: why": logs that could not be read, or are too long for a look */
};

/* The runs begun since SINCE. A log that cannot be read is skipped and named. 0, or -errno with
 * *WHY: the directory could not be read (-EACCES for who is not root). */
int runlog_past_read(const struct sys *sys, time_t since, struct runlog_past *out, char **why);
void runlog_past_free(struct runlog_past *past);
#define _cleanup_runlog_past_ _cleanup_(runlog_past_free)

/* The newest step of KIND on TARGET, or NULL. */
const struct past_step *runlog_past_find(const struct runlog_past *past, const char *kind,
                                         const char *target);

#endif
