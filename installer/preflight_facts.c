/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts as data. */
#include "installer/preflight.h"

#include "lib/util.h"
#include "repair/outcome.h"

static const char *const state_names[] = { [FACT_OK] = "ok",
                                           [FACT_REPAIRABLE] = "repairable",
                                           [FACT_PERSON] = "person",
                                           [FACT_UNKNOWN] = "could-not-tell" };

const char *fact_state_name(enum fact_state state)
{
        return state_names[state];
}

void facts_add(struct facts *facts, const char *name, enum fact_state state, char *value,
               char *advice)
{
        facts->facts = xreallocarray(facts->facts, facts->n + 1, sizeof(*facts->facts));
        facts->facts[facts->n++] = (struct fact){ name, value, state, advice };
}

void facts_free(struct facts *facts)
{
        for (size_t i = 0; i < facts->n; i++) {
                free(facts->facts[i].value);
                free(facts->facts[i].advice);
        }
        free(facts->facts);
}

int facts_exit(const struct facts *facts)
{
        static const int status[] = { [FACT_OK] = EXIT_NO_FAULT_LEFT,
                                      [FACT_REPAIRABLE] = EXIT_FAULT_LEFT,
                                      [FACT_PERSON] = EXIT_PERSON_NEEDED,
                                      [FACT_UNKNOWN] = EXIT_COULD_NOT_TELL };
        int worst = EXIT_NO_FAULT_LEFT;
        for (size_t i = 0; i < facts->n; i++)
                worst = exit_worse(worst, status[facts->facts[i].state]);
        return worst;
}
