/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Look, plan, repair, look again. */
#include "repair/session.h"

#include <errno.h>

#include "faults/advice.h"
#include "lib/i18n.h"
#include "lib/lock.h"
#include "lib/stop.h"
#include "packages/packages.h"
#include "repair/failure.h"
#include "repair/kind.h"
#include "repair/probe.h"
#include "repair/recover.h"
#include "repair/restart.h"

void session_check(const struct session *session, struct report *report)
{
        for (const struct fault *const *f = session->faults; *f; f++)
                look(session->sys, *f, &report_add(report, *f)->after);
}

/* The first look of a plan or a repair. */
static void check_to_act(const struct session *session, struct report *report)
{
        for (const struct fault *const *f = session->faults; *f; f++)
                look_to_act(session->sys, *f, &report_add(report, *f)->after);
}

/* Is another fault in the way, which no step before ours ends? A plan counts on the repair of that one
 * where it is in the same plan; a repair, which had it before, only on what it sees. */
static bool must_wait(const struct report *planned, const struct outcome *o)
{
        for (size_t i = 0; planned && i < planned->n; i++)
                if (planned->outcomes[i].fault->id == o->after.needs &&
                    planned->outcomes[i].after.verdict == VERDICT_FAULT)
                        return false;
        return o->after.needs != 0;
}

/* What this run found to be a person's is not said to be repaired by the same command again. */
static void wait_for(const struct sys *sys, const struct report *report, struct outcome *o)
{
        int needs = o->after.needs;
        bool left = false;
        for (size_t i = 0; i < report->n; i++)
                left |= report->outcomes[i].fault->id == needs &&
                        report->outcomes[i].after.verdict == VERDICT_BLOCKED;
        finding_set(&o->after, VERDICT_BLOCKED, o->after.cause, "%s", o->after.why);
        if (left)
                finding_do(&o->after, DO_PERSON,
                           "end fault %d first, as its own line says, then repair again", needs);
        else
                advice_before(sys, &o->after, fault_by_id(needs), o->fault->id);
}

/* PLANNED: a plan is made; else it is carried out at once. */
static void make_plan(const struct sys *sys, const struct report *report, bool planned,
                      struct package_session *packages, struct outcome *o)
{
        if (must_wait(planned ? report : NULL, o))
                return wait_for(sys, report, o);
        struct plan plan = { .packages = packages };
        int r = o->fault->plan(sys, &o->after, &plan);
        for (size_t i = 0; r >= 0 && i < plan.n; i++)
                outcome_add_step(o, &plan.steps[i]);
        o->plan.restart = r >= 0 && sys->live ? plan.restart : 0;
        if (r >= 0 && plan.n == 0 && !o->plan.restart && o->after.verdict == VERDICT_FAULT)
                finding_set(&o->after, VERDICT_BLOCKED, o->after.cause,
                            "%s; no automatic repair available", o->after.why);
        plan_free(&plan);
}

void session_plan(const struct session *session, struct report *report)
{
        check_to_act(session, report);
        for (size_t i = 0; i < report->n; i++)
                if (report->outcomes[i].after.verdict == VERDICT_FAULT)
                        make_plan(session->sys, report, true, NULL, &report->outcomes[i]);
        restart_plan(session->sys, report);
}

/* A repair that failed leaves the fault; one that fails again until somebody has arranged something
 * needs a person. FAILURE: of the run's own step, or NULL. */
static void judge_failure(struct outcome *o, int r, const char *failure)
{
        if (o->after.verdict != VERDICT_FAULT && outcome_unlogged(o))
                finding_note(&o->after, "%s", outcome_unlogged(o));
        if (r >= 0 || o->after.verdict != VERDICT_FAULT)
                return;
        const char *own = outcome_failure(o);
        const char *why = own            ? own
                          : failure      ? failure
                          : stop_asked() ? _("interrupted before the repair was done")
                                         : error_text(-r);
        for (const struct fault_failure *f = o->fault->failures; f && f->cause; f++)
                if (f->error == r) {
                        finding_set(&o->after, f->verdict, f->cause, "%s", why);
                        return;
                }
        const char *advice = own ? failure_advice(r) : NULL;
        finding_set(&o->after, advice || r == -EPERM ? VERDICT_BLOCKED : VERDICT_FAULT,
                    o->after.cause, "%s", why);
        if (advice)
                finding_do(&o->after, DO_PERSON, "%s", _(advice));
}

/* What is repaired, but not in effect. */
static void judge_restart(struct outcome *o, int r, const char *failure)
{
        if (r >= 0 || o->after.verdict != VERDICT_OK)
                return;
        finding_set(&o->after, r == -EPERM ? VERDICT_BLOCKED : VERDICT_FAULT, "connector-disagrees",
                    "repaired, but not in effect until the connector restarts: %s",
                    failure ? failure : "interrupted");
}

/* From the one look that is made under the lock. */
static void repair_fault(struct work *work, const struct sys *sys, const struct report *report,
                         struct outcome *o)
{
        if (stop_asked())
                return;
        stop_answer(_("stops after this look"));
        look_to_act(sys, o->fault, &o->after);
        if (o->after.verdict != VERDICT_FAULT)
                return;
        work->packages = package_session_new();
        make_plan(sys, report, false, work->packages, o);
        o->error = apply_plan(work, o);
        package_session_free(TAKE_PTR(work->packages));
        o->repaired = o->plan.n > 0 || o->plan.restart;
}

/* Whoever asked us to stop is not made to wait for a proof. */
static void not_verified(struct outcome *o)
{
        finding_set(&o->after, o->error ? VERDICT_FAULT : VERDICT_UNKNOWN,
                    o->error ? o->before.cause : NULL, "%s",
                    o->error ? o->before.why : _("interrupted before the repair was verified"));
}

static void verify(const struct sys *sys, struct outcome *o)
{
        if (!o->repaired)
                return;
        o->before = o->after;
        o->after = (struct finding)FINDING_INIT;
        if (stop_asked())
                return not_verified(o);
        stop_answer(_("stops after this look"));
        look_deep(sys, o->fault, &o->after);
}

static const char *closing_failure(const struct report *report)
{
        return report->closing.n ? report->closing_results[report->closing.n - 1].why : NULL;
}

/* The restart comes first, for what only a restart ends was there until then; then each fault is
 * asked about once, and the connector's word held against the answer. */
static void close_run(struct work *work, struct report *report)
{
        _cleanup_free_ struct outcome **asked = NULL;
        size_t n = 0;
        int r = restart_connector(work, report, &asked, &n);
        if (r == 0 && !work->rehearsal)
                restart_ask(work->sys, asked, n);
        for (size_t i = 0; i < report->n; i++) {
                struct outcome *o = &report->outcomes[i];
                verify(work->sys, o);
                judge_failure(o, o->error, NULL);
                restart_take_word(o);
        }
        for (size_t i = 0; i < n; i++) {
                judge_restart(asked[i], r, closing_failure(report));
                if (!asked[i]->error)
                        judge_failure(asked[i], r, closing_failure(report));
        }
}

static bool any_done(const struct step_result *results, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (results[i].state == STATE_DONE)
                        return true;
        return false;
}

static bool any_change(const struct report *report)
{
        bool done = any_done(report->closing_results, report->closing.n);
        for (size_t i = 0; i < report->n; i++)
                done |= any_done(report->outcomes[i].results, report->outcomes[i].plan.n);
        return done;
}

static int something_to_do(const struct session *session, const struct report *report, char **why)
{
        int r = recover_needed(session->sys, why);
        for (size_t i = 0; r == 0 && i < report->n; i++)
                r = report->outcomes[i].after.verdict == VERDICT_FAULT;
        return r;
}

static int settle(const struct session *session, int lock_fd, struct recovery *out, char **why)
{
        int r = recover_all(session->sys, lock_fd, out, why);
        if (session->on_note)
                recovery_tell(out, session->on_note, session->data);
        if (r == 0 && !session->rehearsal)
                recover_finish(session->sys, lock_fd, out, session->on_note, session->data);
        return r;
}

int session_repair(const struct session *session, struct report *report, char **why)
{
        check_to_act(session, report);
        int r = something_to_do(session, report, why);
        if (r <= 0)
                return r;
        if (!session->rehearsal)
                stop_catch(); /* until here nothing was changed, and a signal ends us at once */
        _cleanup_close_ int lock = lock_take(session->sys, why);
        if (lock < 0)
                return lock;
        _cleanup_recovery_ struct recovery recovery = { 0 };
        r = settle(session, lock, &recovery, why);
        if (r < 0)
                return r;
        struct work work = {
                .sys = session->sys,
                .argv = session->argv,
                .rehearsal = session->rehearsal,
                .lock_fd = lock,
                .owed = recovery.owed,
                .progress = session->progress,
                .on_step = session->on_step,
                .data = session->data,
        };
        for (size_t i = 0; i < report->n; i++)
                repair_fault(&work, session->sys, report, &report->outcomes[i]);
        close_run(&work, report);
        if (!work.restart_failed) /* what cannot be ended now is owed nothing at the next start */
                (void)recover_end(session->sys, &recovery, NULL);
        stop_answer(NULL);
        report->changed = any_change(report);
        report->run = work.log ? xstrdup(runlog_id(work.log)) : NULL;
        apply_end(&work, report_exit(report));
        return 0;
}
