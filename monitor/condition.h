/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of each fault: raised or cleared, since when, how often. Pure: findings in, transitions
 * out; no clock, no file.
 *
 * After a start each condition is unknown until its fault was looked at. Then it goes on from what was
 * told last (kept): a fault that was raised before the restart and still holds is not raised again, one
 * that ended meanwhile is cleared. */
#ifndef SECEP_MONITOR_CONDITION_H
#define SECEP_MONITOR_CONDITION_H

#include <stdint.h>

#include "faults/fault.h"

enum condition { CONDITION_UNKNOWN, CONDITION_CLEARED, CONDITION_RAISED, CONDITIONS };
enum transition { TRANSITION_NONE, TRANSITION_RAISED, TRANSITION_CLEARED };

struct fault_state {
        const struct fault *fault;
        enum condition condition; /* what this process knows */
        enum condition kept;      /* what was told last, also by a process before this one */
        enum verdict verdict;     /* of the last look */
        char *cause;              /* while raised; NULL: none */
        char *why;                /* of the last look */
        int64_t since;            /* of the condition: milliseconds of the epoch, 0: not known */
        int64_t looked;           /* when the last look began, milliseconds of CLOCK_MONOTONIC */
        uint64_t raises, clears;
};

struct states {
        struct fault_state of[FAULTS_COUNT]; /* in the order of faults[] */
};

/* All unknown. */
void states_init(struct states *states);
void states_free(struct states *states);
struct fault_state *states_find(struct states *states, int fault); /* NULL: no such fault */

/* What a finding says of the condition of a fault that is now in NOW: raised, cleared, or NOW again
 * where it does not tell ("could not tell", "not asked"; for 6 "settling", which is the ten quiet minutes
 * of a fault that was raised and no fault of its own). */
enum condition condition_of(const struct fault *fault, const struct finding *f, enum condition now);

/* Takes one finding, made at time WHEN (milliseconds of the epoch), into STATE. A condition is told
 * from KEPT, so raises and clears of one fault always alternate; the first "cleared" of a fault of
 * which nothing was ever told is no transition. */
enum transition condition_take(struct fault_state *state, const struct finding *f, int64_t when);

const char *condition_name(enum condition condition); /* "unknown", "cleared", "raised" */
int condition_parse(const char *name);                /* -EINVAL */
const char *transition_name(enum transition t);       /* "raised", "cleared"; NULL: none */

#endif
