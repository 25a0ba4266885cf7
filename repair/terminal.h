/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run while it goes on: a line for each step that was done, and on a terminal one live line on
 * stderr for the step under way: what, how far, how long, and what Ctrl-C does. */
#ifndef SECEP_REPAIR_TERMINAL_H
#define SECEP_REPAIR_TERMINAL_H

#include "lib/progress.h"
#include "repair/outcome.h"
#include "repair/screen.h"

struct terminal {
        const struct screen *screen; /* NULL: nothing is shown (JSON, --quiet) */
        const struct report *report; /* where the steps stand */
        struct layout live;          /* stderr */
        int64_t start;               /* now_ms() when the step began */
        const struct step *step;     /* under way, or NULL */
        bool told;                   /* a line for a step was printed */
        struct progress progress;
};

/* SCREEN may be NULL, REPORT may not. */
void terminal_init(struct terminal *t, const struct screen *screen, const struct report *report);
/* For struct session.on_step; DATA is the terminal. */
void terminal_step(void *data, const struct step *step, const struct step_result *result);

#endif
