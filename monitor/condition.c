/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raised and cleared. */
#include "monitor/condition.h"

#include <errno.h>

void states_init(struct states *states)
{
        *states = (struct states){ 0 };
        for (size_t i = 0; i < FAULTS_COUNT && faults[i]; i++)
                states->of[i].fault = faults[i];
}

void states_free(struct states *states)
{
        for (size_t i = 0; i < FAULTS_COUNT; i++) {
                free(states->of[i].cause);
                free(states->of[i].why);
        }
        *states = (struct states){ 0 };
}

struct fault_state *states_find(struct states *states, int fault)
{
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                if (states->of[i].fault && states->of[i].fault->id == fault)
                        return &states->of[i];
        return NULL;
}

enum condition condition_of(const struct fault *fault, const struct finding *f, enum condition now)
{
        switch (f->verdict) {
        case VERDICT_FAULT:
        case VERDICT_BLOCKED:
                if (fault->id == 6 && f->cause && streq(f->cause, "settling"))
                        return now;
                return CONDITION_RAISED;
        case VERDICT_OK:
        case VERDICT_NOT_APPLICABLE:
                return CONDITION_CLEARED;
        case VERDICT_UNKNOWN:
        case VERDICT_NOT_ASKED:
                break;
        }
        return now;
}

static void text_replace(char **to, const char *text)
{
        free(*to);
        *to = text ? xstrdup(text) : NULL;
}

enum transition condition_take(struct fault_state *state, const struct finding *f, int64_t when)
{
        enum condition next = condition_of(state->fault, f, state->condition), before = state->kept;
        bool settling = next == CONDITION_UNKNOWN && f->verdict == VERDICT_FAULT;

        state->verdict = f->verdict;
        text_replace(&state->why, f->why);
        if (settling) /* looked at, and neither way: what was told goes on */
                next = state->kept;
        if (next == CONDITION_UNKNOWN || (next == state->condition && next == state->kept)) {
                if (next == CONDITION_RAISED &&
                    (f->verdict == VERDICT_FAULT || f->verdict == VERDICT_BLOCKED))
                        text_replace(&state->cause, f->cause);
                return TRANSITION_NONE;
        }
        state->condition = state->kept = next;
        text_replace(&state->cause, next == CONDITION_RAISED ? f->cause : NULL);
        if (next == before)
                return TRANSITION_NONE;
        state->since = when;
        if (next == CONDITION_RAISED)
                return state->raises++, TRANSITION_RAISED;
        if (before == CONDITION_UNKNOWN)
                return TRANSITION_NONE;
        return state->clears++, TRANSITION_CLEARED;
}

static const char *const names[CONDITIONS] = {
        [CONDITION_UNKNOWN] = "unknown",
        [CONDITION_CLEARED] = "cleared",
        [CONDITION_RAISED] = "raised",
};

const char *condition_name(enum condition condition)
{
        return names[condition];
}

int condition_parse(const char *name)
{
        for (int i = 0; i < CONDITIONS; i++)
                if (streq(names[i], name))
                        return i;
        return -EINVAL;
}

const char *transition_name(enum transition t)
{
        static const char *const words[] = {
                [TRANSITION_RAISED] = "raised", [TRANSITION_CLEARED] = "cleared"
        };
        return words[t];
}
