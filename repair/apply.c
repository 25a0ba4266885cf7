/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a plan, done one by one. */
#include "repair/apply.h"

#include <errno.h>
#include <syslog.h>

#include "lib/clean.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/stop.h"
#include "repair/kind.h"
#include "repair/owed.h"

static int append(struct work *work, json_t *record, char **why)
{
        int r = runlog_append(work->log, record, why);
        work->log_failed |= r < 0;
        return r;
}

static json_t *faults_json(unsigned bits)
{
        json_t *list = json_array();
        for (int id = 1; id < 32; id++)
                if (bits & 1U << id)
                        json_array_append_new(list, json_integer(id));
        return list;
}

static int log_intent(struct work *work, const struct step *step, const char *kind, json_t *undo,
                      char **why)
{
        json_t *record = json_pack(
                "{s:s, s:i, s:i, s:s, s:o, s:o, s:o, s:O}", "event", "intent", "step", work->steps,
                "fault", step->fault, "kind", kind, "target", json_text_new(step->target), "key",
                json_text_new(step->key), "value", json_text_new(step->value), "undo", undo);
        if (step->faults)
                json_object_set_new(record, "faults", faults_json(step->faults));
        bool owed = owed_by(work->sys, fault_by_id(step->fault), step->kind);
        if (owed)
                owed_daemon(work->sys, &work->daemon);
        if (owed && work->daemon)
                json_object_set_new(record, "daemon", json_string(work->daemon));
        return append(work, record, why);
}

static int log_outcome(struct work *work, int r, const char *failure, json_t *did, char **why)
{
        json_t *record =
                json_pack("{s:s, s:i}", "event", r < 0 ? "failed" : "done", "step", work->steps);
        if (r < 0) {
                json_object_set_new(record, "why", json_text_new(failure));
                json_object_set_new(record, "error", json_integer(-r));
        }
        if (json_object_size(did) > 0)
                json_object_set(record, "undo", did);
        return append(work, record, why);
}

static int begin(struct work *work, char **why)
{
        return work->log ? 0 : runlog_begin(work->sys, work->argv, &work->log, why);
}

/* What was done is done, though the log of it fails: then *WHY is about the log. */
static int do_step(struct work *work, const struct step *step, const struct kind *kind,
                   enum step_state *state, char **why)
{
        _cleanup_json_ json_t *name = json_string(step->target);
        if (!name)
                return fail(why, -EILSEQ, "a name that is not UTF-8 cannot be logged for undo");
        int r = begin(work, why);
        if (r < 0)
                return r;
        struct change c = {
                .sys = work->sys,
                .step = step,
                .log = work->log,
                .run = runlog_id(work->log),
                .lock_fd = work->lock_fd,
                .progress = work->progress,
                .packages = work->packages,
        };
        _cleanup_json_ json_t *undo = json_object(), *did = json_object();
        c.did = did;
        if (kind->prepare && (r = kind->prepare(&c, undo, why)) < 0)
                return r;
        work->steps++;
        r = log_intent(work, step, step_kind_name(step->kind), undo, why);
        if (r < 0)
                return r;
        r = kind->apply(&c, undo, why);
        *state = r < 0 ? STATE_FAILED : STATE_DONE;
        int logged =
                log_outcome(work, r, why && *why ? *why : error_text(-r), did, r < 0 ? NULL : why);
        return r < 0 ? r : logged;
}

static int attempt(struct work *work, const struct step *step, struct step_result *result)
{
        const struct kind *kind = kind_of(step->kind);
        if (!kind) {
                result->state = STATE_FAILED;
                return fail(&result->why, -ENOSYS, "this step is not built yet");
        }
        if (work->rehearsal && (kind->flags & (KIND_LIVE | KIND_AT_BOOT))) {
                result->state = STATE_NOT_REHEARSED;
                return 0;
        }
        if ((kind->flags & KIND_LIVE) && !work->sys->live) {
                result->state = STATE_FAILED;
                _cleanup_free_ char *name = kind_name(step->kind, step->target);
                return fail(&result->why, -EOPNOTSUPP,
                            "%s: this needs the running system, and %s is not running", name,
                            work->sys->root);
        }
        result->state = STATE_FAILED;
        int r = do_step(work, step, kind, &result->state, &result->why);
        if (r < 0 && !result->why) {
                _cleanup_free_ char *name = kind_name(step->kind, step->target);
                fail(&result->why, r, "%s: %s", name, error_text(-r));
        }
        return r;
}

/* One line a change for the machine's own log. A rehearsal changes nothing. */
static void log_change(const struct work *work, const struct step *step,
                       const struct step_result *result)
{
        const struct kind *kind = kind_of(step->kind);
        if (work->rehearsal || !kind || !work->log)
                return;
        _cleanup_free_ char *text =
                xasprintf("run %s fault %d root %s: %s %s: %s", runlog_id(work->log), step->fault,
                          work->sys->root, step_kind_name(step->kind), step->target,
                          result->why ? result->why : step_state_name(result->state));
        _cleanup_free_ char *line = text_clean(text);
        syslog(LOG_AUTHPRIV | (result->state == STATE_DONE ? LOG_NOTICE : LOG_ERR), "%s", line);
}

static void tell(const struct work *work, const struct step *step, const struct step_result *result)
{
        if (work->on_step)
                work->on_step(work->data, step, result);
}

static bool stands_alone(const struct step *step)
{
        const struct kind *kind = kind_of(step->kind);
        return kind && (kind->flags & KIND_ALONE);
}

static int timed(struct work *work, const struct step *step, struct step_result *result)
{
        int64_t start = now_ms();
        tell(work, step, result);
        stop_answer(_("stops after this step"));
        int r = attempt(work, step, result);
        stop_answer(NULL);
        result->seconds = (double)(now_ms() - start) / 1000;
        log_change(work, step, result);
        tell(work, step, result);
        return r;
}

int apply_plan(struct work *work, struct outcome *o)
{
        int first = 0;
        bool chain_failed = false; /* of those that may need each other */
        for (size_t i = 0; i < o->plan.n; i++) {
                const struct step *step = &o->plan.steps[i];
                bool alone = stands_alone(step), stop = stop_asked();
                int r = stop ? -EINTR : -EIO;
                if (o->results[i].state != STATE_PLANNED)
                        continue;
                if (stop || work->log_failed || (chain_failed && !alone)) {
                        o->results[i].state = STATE_SKIPPED;
                } else {
                        r = timed(work, step, &o->results[i]);
                        chain_failed |= r < 0 && !alone;
                }
                first = first < 0 ? first : r;
        }
        return first;
}

int apply_closing(struct work *work, struct report *report)
{
        size_t last = report->closing.n - 1;
        struct step_result *result = &report->closing_results[last];
        if (stop_asked() || work->log_failed) {
                result->state = STATE_SKIPPED;
                return stop_asked() ? -EINTR : -EIO;
        }
        return timed(work, &report->closing.steps[last], result);
}

void apply_end(struct work *work, int status)
{
        if (!work->log)
                return;
        /* a log that does not tell of all that was done is no whole one: recovery settles it */
        json_t *end = json_pack("{s:s, s:i}", "event", "end", "exit", status);
        if (work->restart_failed)
                json_object_set_new(end, "owed", json_true());
        if (!work->log_failed)
                (void)runlog_append(work->log, json_incref(end), NULL);
        json_decref(end);
        free(TAKE_PTR(work->daemon));
        runlog_close(work->log);
        work->log = NULL;
}
