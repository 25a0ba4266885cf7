/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of each fault. */
#include "repair/outcome.h"

const char *step_state_name(enum step_state state)
{
        static const char *const names[] = {
                [STATE_PLANNED] = "planned",
                [STATE_DONE] = "done",
                [STATE_FAILED] = "failed",
                [STATE_SKIPPED] = "skipped",
                [STATE_NOT_REHEARSED] = "not-rehearsed",
        };
        return names[state];
}

struct outcome *report_add(struct report *report, const struct fault *fault)
{
        report->outcomes =
                xreallocarray(report->outcomes, report->n + 1, sizeof(*report->outcomes));
        struct outcome *o = &report->outcomes[report->n++];
        *o = (struct outcome){ .fault = fault, .before = FINDING_INIT, .after = FINDING_INIT };
        return o;
}

struct step_result *outcome_add_step(struct outcome *o, const struct step *step)
{
        size_t n = o->plan.n;
        plan_add(&o->plan, step->kind, step->target, step->key, step->value);
        o->plan.steps[n].fault = o->fault->id;
        o->results = xreallocarray(o->results, n + 1, sizeof(*o->results));
        o->results[n] = (struct step_result){ .state = STATE_PLANNED };
        return &o->results[n];
}

static void outcome_free(struct outcome *o)
{
        for (size_t i = 0; i < o->plan.n; i++)
                free(o->results[i].why);
        free(o->results);
        plan_free(&o->plan);
        finding_free(&o->before);
        finding_free(&o->after);
        free(o->connector_says);
}

const char *outcome_failure(const struct outcome *o)
{
        for (size_t i = 0; i < o->plan.n; i++)
                if (o->results[i].state == STATE_FAILED)
                        return o->results[i].why ? o->results[i].why : "failed";
        return NULL;
}

void report_free(struct report *report)
{
        for (size_t i = 0; i < report->n; i++)
                outcome_free(&report->outcomes[i]);
        free(report->outcomes);
        free(report->run);
        free(report->host);
        free(report->kernel);
        strv_free(report->changes);
        *report = (struct report){ 0 };
}

/* From the mildest to the worst. */
static const int severity[] = {
        EXIT_NO_FAULT_LEFT, EXIT_PERSON_NEEDED, EXIT_COULD_NOT_TELL, EXIT_FAULT_LEFT, EXIT_USAGE,
};

int exit_worse(int a, int b)
{
        for (size_t i = ARRAY_SIZE(severity); i > 0; i--)
                if (a == severity[i - 1] || b == severity[i - 1])
                        return severity[i - 1];
        return EXIT_COULD_NOT_TELL;
}

int report_exit(const struct report *report)
{
        static const int of_verdict[] = {
                [VERDICT_UNKNOWN] = EXIT_COULD_NOT_TELL,
                [VERDICT_OK] = EXIT_NO_FAULT_LEFT,
                [VERDICT_FAULT] = EXIT_FAULT_LEFT,
                [VERDICT_BLOCKED] = EXIT_PERSON_NEEDED,
                [VERDICT_NOT_APPLICABLE] = EXIT_NO_FAULT_LEFT,
        };
        int status = EXIT_NO_FAULT_LEFT;
        for (size_t i = 0; i < report->n; i++)
                status = exit_worse(status, of_verdict[report->outcomes[i].after.verdict]);
        return status;
}
