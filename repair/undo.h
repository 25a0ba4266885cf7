/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --undo RUN: its log walked backwards. Each step is looked at before it is touched and after: what is
 * not as the run left it stays as it is, and only what was seen to be as before is called put back and
 * logged as undone. An undo that is cut off is simply asked for again. */
#ifndef SECEP_REPAIR_UNDO_H
#define SECEP_REPAIR_UNDO_H

#include <stdbool.h>
#include "lib/progress.h"
#include "repair/replay.h"

enum undo_state {
        UNDO_BACK,    /* put back, and seen to be */
        UNDO_ALREADY, /* it was as before the run already */
        UNDO_LEFT,    /* others have changed it since, or need it: left alone, with the reason */
        UNDO_FINAL,   /* of a kind that leaves nothing to put back */
        UNDO_FAILED,  /* could not, with the reason */
};
/* As in JSON: "undone", "already", "left", "final", "failed". */
const char *undo_state_name(enum undo_state state);

struct undo_step {
        enum undo_state state;
        enum step_kind kind;
        char *target;
        char *why; /* NULL: nothing to say */
};

struct undo_report {
        struct undo_step *steps;
        size_t n;
        bool changed;
        bool left;   /* a step was left alone */
        bool person; /* a step met an immutable file */
};

/* The caller holds the lock, and cut-off runs are settled. 0 when no step failed (OUT->left: some
 * were left alone); -errno of the first that did (the others are tried all the same), or of the log,
 * with *WHY. */
int undo_run(const struct sys *sys, int lock_fd, const char *id, const struct progress *progress,
             struct undo_report *out, char **why);
void undo_report_free(struct undo_report *report);

#endif
