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

static struct step_result *add_step(struct plan *plan, struct step_result **results,
                                    const struct step *step, int fault)
{
        size_t n = plan->n;
        plan_add(plan, step->kind, step->target, step->key, step->value);
        plan->steps[n].fault = fault;
        plan->steps[n].faults = step->faults;
        for (size_t i = 0; i < step->n_packages; i++) {
                const struct step_package *p = &step->packages[i];
                plan_add_package(plan, p->name, p->version, p->old);
                plan_package_size(plan, p->download, p->size);
        }
        *results = xreallocarray(*results, n + 1, sizeof(**results));
        (*results)[n] = (struct step_result){ .state = STATE_PLANNED };
        return &(*results)[n];
}

struct step_result *outcome_add_step(struct outcome *o, const struct step *step)
{
        return add_step(&o->plan, &o->results, step, o->fault->id);
}

struct step_result *report_add_closing(struct report *report, const struct step *step)
{
        return add_step(&report->closing, &report->closing_results, step, step->fault);
}

static int by_number(const void *a, const void *b)
{
        return ((const struct outcome *)a)->fault->id - ((const struct outcome *)b)->fault->id;
}

void report_sort(struct report *report)
{
        if (report->n)
                qsort(report->outcomes, report->n, sizeof(*report->outcomes), by_number);
}

static void steps_free(struct plan *plan, struct step_result *results)
{
        for (size_t i = 0; i < plan->n; i++)
                free(results[i].why);
        free(results);
        plan_free(plan);
}

static void outcome_free(struct outcome *o)
{
        steps_free(&o->plan, o->results);
        finding_free(&o->before);
        finding_free(&o->after);
        free(o->connector_says);
        free(o->unasked);
}

const char *outcome_failure(const struct outcome *o)
{
        for (size_t i = 0; i < o->plan.n; i++)
                if (o->results[i].state == STATE_FAILED)
                        return o->results[i].why ? o->results[i].why : "failed";
        return outcome_unlogged(o);
}

const char *outcome_unlogged(const struct outcome *o)
{
        for (size_t i = 0; i < o->plan.n; i++)
                if (o->results[i].state == STATE_DONE && o->results[i].why)
                        return o->results[i].why;
        return NULL;
}

void report_free(struct report *report)
{
        for (size_t i = 0; i < report->n; i++)
                outcome_free(&report->outcomes[i]);
        free(report->outcomes);
        steps_free(&report->closing, report->closing_results);
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

int verdict_exit(enum verdict verdict)
{
        static const int of_verdict[] = {
                [VERDICT_UNKNOWN] = EXIT_COULD_NOT_TELL,
                [VERDICT_OK] = EXIT_NO_FAULT_LEFT,
                [VERDICT_FAULT] = EXIT_FAULT_LEFT,
                [VERDICT_BLOCKED] = EXIT_PERSON_NEEDED,
                [VERDICT_NOT_APPLICABLE] = EXIT_NO_FAULT_LEFT,
                [VERDICT_NOT_ASKED] = EXIT_COULD_NOT_TELL,
        };
        return of_verdict[verdict];
}

int report_exit(const struct report *report)
{
        int status = EXIT_NO_FAULT_LEFT;
        for (size_t i = 0; i < report->n; i++) {
                enum verdict verdict = report->outcomes[i].after.verdict;
                if (!(report->all && verdict == VERDICT_NOT_ASKED))
                        status = exit_worse(status, verdict_exit(verdict));
        }
        return status;
}
