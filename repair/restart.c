/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One restart, then the connector's own word. */
#include "repair/restart.h"

#include <errno.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "host/process.h"
#include "lib/i18n.h"
#include "lib/stop.h"
#include "repair/owed.h"

static bool asks(const struct sys *sys, const struct outcome *o, enum step_state state)
{
        if (o->plan.restart & PLAN_RESTART)
                return state == STATE_PLANNED || !o->error;
        for (size_t i = 0; i < o->plan.n; i++)
                if (o->results[i].state == state && owed_by(sys, o->fault, o->plan.steps[i].kind))
                        return true;
        return false;
}

/* The first try of fault 7 restarts the service within its plan, and the faults before it are in
 * effect then. */
static bool restarted_later(const struct sys *sys, const struct report *report, size_t i,
                            enum step_state state)
{
        const char *service = connector_path(sys, PATH_SERVICE);
        for (size_t j = i + 1; j < report->n; j++) {
                const struct outcome *o = &report->outcomes[j];
                for (size_t k = 0; k < o->plan.n; k++)
                        if (o->plan.steps[k].kind == STEP_RESTART_SERVICE &&
                            o->results[k].state == state && streq(o->plan.steps[k].target, service))
                                return true;
        }
        return false;
}

struct asking {
        unsigned faults;  /* 1u << id */
        unsigned any;     /* enum plan_restart of any of them */
        bool unless_runs; /* all of them say so, or were followed by a restart */
        struct outcome **list;
        size_t n;
};

/* The outcomes whose steps are in STATE and ask for a restart. */
static struct asking asking(const struct sys *sys, struct report *report, enum step_state state)
{
        struct asking a = { .unless_runs = true };
        a.list = xcalloc(report->n + 1, sizeof(struct outcome *));
        for (size_t i = 0; i < report->n; i++) {
                struct outcome *o = &report->outcomes[i];
                if (!asks(sys, o, state))
                        continue;
                a.list[a.n++] = o;
                a.faults |= 1U << o->fault->id;
                a.any |= o->plan.restart;
                a.unless_runs &= o->plan.restart & PLAN_RESTART_UNLESS_RUNS ||
                                 restarted_later(sys, report, i, state);
        }
        return a;
}

/* Those of an earlier run, whose faults need not be asked about in this one. */
static void add_owed(struct asking *a, struct report *report, unsigned owed)
{
        for (size_t i = 0; i < report->n; i++) {
                struct outcome *o = &report->outcomes[i];
                if (owed & ~a->faults & 1U << o->fault->id)
                        a->list[a->n++] = o;
        }
        a->faults |= owed;
        a->unless_runs &= owed == 0;
}

static bool is_wanted(const struct sys *sys, const struct asking *a)
{
        return a->faults && sys->live && (a->any & PLAN_RESTART || connector_active(sys) > 0);
}

static void add_step(const struct sys *sys, struct report *report, const struct asking *a)
{
        const char *scanner = connector_path(sys, PATH_SCANNER);
        struct step step = {
                .kind = STEP_RESTART_SERVICE,
                .faults = a->faults,
                .target = (char *)connector_path(sys, PATH_SERVICE),
                .key = (char *)(a->unless_runs ? scanner : ""),
                .value = (char *)(a->any & PLAN_RESTART_AWAIT ? scanner : ""),
        };
        report_add_closing(report, &step);
}

void restart_plan(const struct sys *sys, struct report *report)
{
        struct asking a = asking(sys, report, STATE_PLANNED);
        if (is_wanted(sys, &a))
                add_step(sys, report, &a);
        free(a.list);
}

static bool scanner_runs(const struct sys *sys)
{
        _cleanup_free_ struct process *found = NULL;
        size_t n = 0;
        return process_find(sys, connector_path(sys, PATH_SCANNER), &found, &n, NULL) == 0 && n > 0;
}

int restart_connector(struct work *work, struct report *report, struct outcome ***asked, size_t *n)
{
        struct asking a = asking(work->sys, report, STATE_DONE);
        int r = 0;
        add_owed(&a, report, work->owed);
        bool wanted = is_wanted(work->sys, &a);
        if (wanted && !(a.unless_runs && scanner_runs(work->sys))) {
                add_step(work->sys, report, &a);
                r = apply_closing(work, report);
                work->restart_failed = r < 0;
        }
        *asked = a.list;
        *n = wanted ? a.n : 0;
        return r;
}

static bool is_in(const int *ids, size_t n, int id)
{
        for (size_t i = 0; i < n; i++)
                if (ids[i] == id)
                        return true;
        return false;
}

void restart_ask(const struct sys *sys, struct outcome **asked, size_t n)
{
        _cleanup_free_ int *ids = xcalloc(n + 1, sizeof(*ids)),
                           *left = xcalloc(n + 1, sizeof(*left));
        _cleanup_free_ char *why = NULL;
        size_t n_left = 0;
        if (n == 0)
                return;
        for (size_t i = 0; i < n; i++)
                ids[i] = asked[i]->fault->id;
        int r = connector_says(sys, ids, n, left, &n_left, &why);
        for (size_t i = 0; i < n; i++)
                if (r == 0)
                        asked[i]->connector_says =
                                xstrdup(is_in(left, n_left, ids[i]) ? N_("raised") : N_("cleared"));
                else if (r != -ENOENT)
                        asked[i]->unasked = xstrdup(why ? why : error_text(-r));
}

void restart_take_word(struct outcome *o)
{
        if (o->unasked)
                finding_note(&o->after, "the connector could not be asked: %s", o->unasked);
        if (o->connector_says && streq(o->connector_says, "raised") &&
            o->after.verdict == VERDICT_OK)
                finding_set(&o->after, VERDICT_FAULT, "connector-disagrees",
                            "repaired here, but the connector still reports it after a restart");
}
