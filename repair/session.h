/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session over the faults asked for: look, plan, or repair and look again. */
#ifndef SECEP_REPAIR_SESSION_H
#define SECEP_REPAIR_SESSION_H

#include "repair/apply.h"
#include "repair/outcome.h"

struct session {
        struct sys *sys;
        const struct fault *const *faults;
        char *const *argv;
        bool rehearsal;
        const struct progress *progress;
        void (*on_step)(void *data, const struct step *step, const struct step_result *result);
        /* One line for a person that changes no answer (a cut-off run was settled). */
        void (*on_note)(void *data, const char *note);
        void *data;
};

/* Probes each fault into REPORT. Never fails: what could not be told stands in the report. */
void session_check(const struct session *session, struct report *report);

/* session_check(), and the steps of each fault. */
void session_plan(const struct session *session, struct report *report);

/* Repairs each fault that is there and asks its probe again. Takes the lock and settles cut-off
 * runs, both only when there is something to do. 0, or -errno with *WHY when the run could not be
 * begun (the lock, a cut-off run that cannot be settled); the report stands as checked then. */
int session_repair(const struct session *session, struct report *report, char **why);

#endif
