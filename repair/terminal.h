/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line that shows the step under way: on a terminal one live line on stderr (elapsed, per cent
 * where the library gives one), elsewhere nothing until the report. */
#ifndef SECEP_REPAIR_TERMINAL_H
#define SECEP_REPAIR_TERMINAL_H

#include "lib/progress.h"
#include "repair/outcome.h"

struct terminal {
        bool live; /* stderr is a terminal and no JSON was asked for */
        int64_t start;
        const struct step *step;
        struct progress progress;
};

void terminal_init(struct terminal *t, bool live);
/* For struct session.on_step; DATA is the terminal. */
void terminal_step(void *data, const struct step *step, const struct step_result *result);

#endif
