/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --undo RUN: its log walked backwards. Each step puts back only what still is as the run left it,
 * and is logged as undone once it is. An undo that is cut off is simply asked for again. */
#ifndef SECEP_REPAIR_UNDO_H
#define SECEP_REPAIR_UNDO_H

#include <stdbool.h>
#include "lib/progress.h"
#include "repair/replay.h"

struct undo_step {
        enum step_kind kind;
        char *target;
        char *why; /* NULL: put back */
        bool live; /* not tried: needs the running system */
};

struct undo_report {
        struct undo_step *steps;
        size_t n;
        bool changed;
        bool person; /* a step met an immutable file */
};

/* The caller holds the lock, and cut-off runs are settled. 0 when everything is put back; -errno of
 * the first step that was not (the others are tried all the same), or of the log, with *WHY. */
int undo_run(const struct sys *sys, int lock_fd, const char *id, const struct progress *progress,
             struct undo_report *out, char **why);
void undo_report_free(struct undo_report *report);

#endif
