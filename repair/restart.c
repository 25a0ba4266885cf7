/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One restart, then the connector's own word. */
#include "repair/restart.h"

#include <errno.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "lib/i18n.h"
#include "lib/stop.h"
#include "repair/kind.h"
#include "repair/probe.h"

/* A step that tells at the next boot only is no reason. */
static bool any_step(const struct outcome *o, enum step_state state)
{
        for (size_t i = 0; i < o->plan.n; i++) {
                const struct kind *kind = kind_of(o->plan.steps[i].kind);
                if (o->results[i].state == state && !(kind && kind->flags & KIND_AT_BOOT))
                        return true;
        }
        return false;
}

static bool did_something(const struct outcome *o)
{
        return any_step(o, STATE_DONE);
}

static bool ends_with_restart(const struct outcome *o)
{
        size_t n = o->plan.n;
        return n > 0 && o->plan.steps[n - 1].kind == STEP_RESTART_SERVICE &&
               o->results[n - 1].state == STATE_DONE;
}

/* What was prepared for a kernel that does not run yet concerns no service. */
static bool asks(const struct sys *sys, const struct fault *fault)
{
        return fault->restarts &&
               !(fault->of_kernel && sys->release_given && !sys_runs_kernel(sys, sys->release));
}

/* The outcomes that ask for a restart, in order. */
static size_t that_ask(const struct sys *sys, struct report *report, struct outcome **out)
{
        size_t n = 0;
        for (size_t i = 0; i < report->n; i++)
                if (asks(sys, report->outcomes[i].fault) && did_something(&report->outcomes[i]))
                        out[n++] = &report->outcomes[i];
        return n;
}

static void add_restart(const struct sys *sys, struct outcome *o)
{
        struct step step = {
                .kind = STEP_RESTART_SERVICE,
                .target = (char *)connector_path(sys, PATH_SERVICE),
                .key = (char *)"",
                .value = (char *)"",
        };
        outcome_add_step(o, &step);
}

void restart_plan(const struct sys *sys, struct report *report)
{
        struct outcome *last = NULL;
        for (size_t i = 0; i < report->n; i++)
                if (asks(sys, report->outcomes[i].fault) &&
                    any_step(&report->outcomes[i], STATE_PLANNED))
                        last = &report->outcomes[i];
        if (last && sys->live && last->plan.steps[last->plan.n - 1].kind != STEP_RESTART_SERVICE &&
            connector_active(sys) > 0)
                add_restart(sys, last);
}

static int restart(struct work *work, struct outcome *o)
{
        if (ends_with_restart(o))
                return 0;
        add_restart(work->sys, o);
        int r = apply_plan(work, o);
        if (r < 0) {
                const char *why = o->results[o->plan.n - 1].why;
                finding_set(&o->after, r == -EPERM ? VERDICT_BLOCKED : VERDICT_FAULT,
                            "connector-disagrees",
                            "repaired, but not in effect until the connector restarts: %s",
                            why ? why : "interrupted");
        }
        return r;
}

static bool is_in(const int *ids, size_t n, int id)
{
        for (size_t i = 0; i < n; i++)
                if (ids[i] == id)
                        return true;
        return false;
}

static void take_word(struct outcome *o, bool raised)
{
        free(o->connector_says);
        o->connector_says = xstrdup(raised ? N_("raised") : N_("cleared"));
        if (raised && o->after.verdict == VERDICT_OK)
                finding_set(&o->after, VERDICT_FAULT, "connector-disagrees",
                            "repaired here, but the connector still reports it after a restart");
}

/* What only a restart ends (a scan process of root's) was there when the probe was asked before. */
static void look_again(const struct sys *sys, struct outcome **list, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (!outcome_failure(list[i]))
                        look_deep(sys, list[i]->fault, &list[i]->after);
}

static void ask(const struct sys *sys, struct outcome **list, size_t n)
{
        int ids[FAULTS_COUNT], left[FAULTS_COUNT];
        size_t n_left = 0;
        _cleanup_free_ char *why = NULL;
        for (size_t i = 0; i < n; i++)
                ids[i] = list[i]->fault->id;
        int r = connector_says(sys, ids, n, left, &n_left, &why);
        look_again(sys, list, n);
        for (size_t i = 0; i < n; i++)
                if (r == 0)
                        take_word(list[i], is_in(left, n_left, list[i]->fault->id));
                else if (r != -ENOENT)
                        finding_note(&list[i]->after, "the connector could not be asked: %s",
                                     why ? why : strerror(-r));
}

void restart_connector(struct work *work, struct report *report)
{
        struct outcome *list[FAULTS_COUNT];
        size_t n = that_ask(work->sys, report, list);
        if (n == 0 || !work->sys->live || stop_asked() || connector_active(work->sys) <= 0)
                return;
        int r = restart(work, list[n - 1]);
        if (r == 0 && !work->rehearsal)
                ask(work->sys, list, n);
}
