/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of each fault asked about: the plain data between the run and its reports. */
#ifndef SECEP_REPAIR_OUTCOME_H
#define SECEP_REPAIR_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include "faults/fault.h"

enum step_state {
        STATE_PLANNED,
        STATE_DONE,
        STATE_FAILED,
        STATE_SKIPPED,       /* an earlier step of the fault failed, or the run was interrupted */
        STATE_NOT_REHEARSED, /* needs the running system */
};
const char *step_state_name(enum step_state state); /* "planned", "done", ... */

struct step_result {
        enum step_state state;
        double seconds;
        char *why; /* of a failure */
};

struct outcome {
        const struct fault *fault;
        struct finding before; /* the first look */
        struct finding after;  /* the last: the one that counts */
        bool repaired;         /* something was tried, so that before and after differ in time */
        int error;             /* -errno of the first step that failed */
        struct plan plan;
        struct step_result *results; /* one a step of plan */
        char *connector_says;        /* "raised", "cleared", or NULL: not asked */
        char *unasked;               /* why it could not be asked, or NULL */
};

struct report {
        char *run; /* run id, or NULL where nothing was logged */
        char *host;
        char *kernel; /* release asked about, or NULL */
        long time;    /* seconds since 1970: when it was begun */
        bool all;     /* all were asked for: what was not asked of one does not count */
        bool changed;
        bool rehearsal;
        struct outcome *outcomes;
        size_t n;
        struct plan closing; /* the run's own steps, after the last fault's */
        struct step_result *closing_results;
        char **changes; /* of a rehearsal: lines "what path", NULL-terminated */
};

/* Appends an outcome for FAULT. The pointer holds until the next one is added. */
struct outcome *report_add(struct report *report, const struct fault *fault);
/* A step and its result, in step. */
struct step_result *outcome_add_step(struct outcome *o, const struct step *step);
/* The same for a step of the run itself. */
struct step_result *report_add_closing(struct report *report, const struct step *step);
/* The faults in the order of their numbers, as they are shown. */
void report_sort(struct report *report);
/* Why a step of O failed, or could not be logged, or NULL: none did. */
const char *outcome_failure(const struct outcome *o);
/* Why a step of O that was done could not be logged, or NULL. */
const char *outcome_unlogged(const struct outcome *o);
void report_free(struct report *report);

/* Exit status: the worst of all outcomes in the order 1 (a fault is left), 3 (could not tell, or not
 * asked where it was asked for by name), 4 (a person or a reboot is needed), 0. */
int report_exit(const struct report *report);
/* That of one verdict alone. */
int verdict_exit(enum verdict verdict);
/* Of two exit statuses the one to end with. */
int exit_worse(int a, int b);

enum exit_status {
        EXIT_NO_FAULT_LEFT = 0,
        EXIT_FAULT_LEFT = 1,
        EXIT_USAGE = 2,
        EXIT_COULD_NOT_TELL = 3,
        EXIT_PERSON_NEEDED = 4,
};

#endif
