/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person sees of a run: the head, a row a fault, the steps, the sum, how to go on. */
#ifndef SECEP_REPAIR_SCREEN_H
#define SECEP_REPAIR_SCREEN_H

#include "lib/layout.h"
#include "repair/options.h"
#include "repair/outcome.h"

struct screen {
        struct layout l;
        const struct sys *sys;
        const struct options *options; /* NULL: no command is proposed */
        bool quiet;                    /* faults that are left, and nothing else */
        bool verbose;                  /* what was seen of healthy faults, too */
        bool steps_told;               /* each step was shown when it was done */
};

/* Columns of the rows: where they begin, of the name, where the verdict or a step begins. */
#define SCREEN_INDENT 2
#define SCREEN_NAME 16
#define SCREEN_STEP (SCREEN_INDENT + 2 + 2 + SCREEN_NAME + 2)

/* The column where lines below a row begin: that of its sentence, or less where that is narrow. */
int screen_hang(const struct screen *s);

/* For a screen on TO, of SYS and as OPTIONS (may be NULL) ask. */
void screen_open(struct screen *s, FILE *to, const struct sys *sys, const struct options *options);

/* The connector, the host and the kernel; the service and the scan process of a running system. */
void screen_head(const struct screen *s, const struct report *report);

/* The row of O, one of REPORT, with what belongs below it; a sentence that stands above already is
 * not said again. *NUMBER counts the steps. */
void screen_outcome(const struct screen *s, const struct report *report, const struct outcome *o,
                    int *number);

/* A step that was just done: its fault (NULL: the run's own), its place among the fault's steps. */
void screen_step(const struct screen *s, const struct fault *fault, size_t place, size_t of,
                 const struct step *step, const struct step_result *result);

/* The run's own steps. */
void screen_closing(const struct screen *s, const struct report *report, int *number);

/* "1 fault to repair, 2 for you, 6 ok", and the commands that come next. */
void screen_sum(const struct screen *s, const struct report *report);

/* secep-repair with what decides on the answer among O, IDS ("5,11", NULL: none) and LAST; NULL
 * where a word cannot be quoted. malloc'ed. */
char *screen_command(const struct options *o, const char *ids, const char *last);

/* The same with a label before it, on the screen. */
void screen_print_command(const struct screen *s, const char *label, const char *ids,
                          const char *last);

/* The word for VERDICT in its style, as wide as the widest. */
struct layout_cell screen_verdict(enum verdict verdict);

/* Does VERDICT leave something for somebody? */
bool screen_is_left(const struct report *report, enum verdict verdict);

#endif
