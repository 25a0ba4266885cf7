/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run put back. */
#include "repair/undo.h"

#include <errno.h>

#include "lib/i18n.h"
#include "lib/stop.h"
#include "lib/util.h"

const char *undo_state_name(enum undo_state state)
{
        static const char *const names[] = {
                [UNDO_BACK] = "undone", [UNDO_ALREADY] = "already", [UNDO_LEFT] = "left",
                [UNDO_FINAL] = "final", [UNDO_FAILED] = "failed",
        };
        return names[state];
}

void undo_report_free(struct undo_report *report)
{
        for (size_t i = 0; i < report->n; i++) {
                free(report->steps[i].target);
                free(report->steps[i].why);
        }
        free(report->steps);
        *report = (struct undo_report){ 0 };
}

/* A failed step may have had part of its effect: what is left of it is asked for. */
static bool to_be_undone(const struct change *c, const struct replay_step *s)
{
        if (s->state == RUNLOG_FAILED)
                return s->kind->stand(c, s->undo, NULL) != STAND_BEFORE;
        return s->state == RUNLOG_DONE;
}

/* Others may have got in between the look and the change, or need what would go. */
static int refused(struct undo_step *u, int r)
{
        u->state = r == -ESTALE || r == -ENOTUNIQ ? UNDO_LEFT : UNDO_FAILED;
        return r;
}

/* Its result is looked at, not believed. */
static int prove(const struct change *c, const struct replay_step *s, struct undo_step *u)
{
        int stand = s->kind->stand(c, s->undo, &u->why);
        if (stand < 0)
                return stand;
        u->state = stand == STAND_BEFORE    ? UNDO_BACK
                   : stand == STAND_CHANGED ? UNDO_LEFT
                                            : UNDO_FAILED;
        return stand == STAND_OURS ? fail(&u->why, -EIO, "it still is as the run left it") : 0;
}

static int undo_change(const struct change *c, const struct replay_step *s, struct undo_step *u)
{
        if (s->kind->flags & KIND_FINAL) {
                u->state = UNDO_FINAL;
                return 0;
        }
        if ((s->kind->flags & KIND_LIVE) && !c->sys->live)
                return fail(&u->why, -EOPNOTSUPP, "needs the running system");
        int stand = s->kind->stand(c, s->undo, &u->why);
        if (stand < 0)
                return stand;
        if (stand != STAND_OURS) {
                u->state = stand == STAND_BEFORE ? UNDO_ALREADY : UNDO_LEFT;
                return stand == STAND_BEFORE && s->kind->clear ? s->kind->clear(c, &u->why) : 0;
        }
        int r = s->kind->revert(c, s->undo, &u->why);
        return r < 0 ? refused(u, r) : prove(c, s, u);
}

/* What is as before the run need not be asked about again. */
static int log_state(const struct change *c, const struct replay_step *s, enum undo_state state,
                     char **why)
{
        if (state == UNDO_LEFT || state == UNDO_FAILED)
                return 0;
        return runlog_append(
                c->log, json_pack("{s:s, s:I}", "event", "undone", "step", (json_int_t)s->number),
                why);
}

static int undo_step(const struct change *c, const struct replay_step *s, struct undo_report *out,
                     char **why)
{
        if ((out->n & (out->n - 1)) == 0)
                out->steps =
                        xreallocarray(out->steps, out->n ? out->n * 2 : 1, sizeof(*out->steps));
        struct undo_step *u = &out->steps[out->n++];
        *u = (struct undo_step){ .state = UNDO_FAILED,
                                 .kind = s->step.kind,
                                 .target = xstrdup(s->step.target) };
        int r = undo_change(c, s, u);
        if (r < 0)
                (void)fail(&u->why, r, "%s", error_text(-r));
        else
                r = log_state(c, s, u->state, &u->why);
        if (r < 0 && u->state != UNDO_LEFT)
                u->state = UNDO_FAILED;
        out->changed |= u->state == UNDO_BACK;
        out->left |= u->state == UNDO_LEFT;
        out->person |= r == -EPERM;
        if (u->state != UNDO_FAILED)
                return 0;
        _cleanup_free_ char *name = kind_name(s->step.kind, s->step.target);
        return fail(why, r, "%s: %s", name, u->why);
}

int undo_run(const struct sys *sys, int lock_fd, const char *id, const struct progress *progress,
             struct undo_report *out, char **why)
{
        _cleanup_replay_ struct replay replay = { 0 };
        _cleanup_runlog_ struct runlog *log = NULL;
        int r = replay_read(sys, id, &replay, why);
        if (r == 0)
                r = runlog_reopen(sys, id, &log, why);
        if (r < 0)
                return r;
        int first = 0;
        for (size_t i = replay.log.n; i > 0; i--) {
                _cleanup_replay_step_ struct replay_step s = { 0 };
                r = replay_step_read(&replay, i - 1, &s, why);
                if (r < 0)
                        return r;
                struct change c = { .sys = sys,
                                    .step = &s.step,
                                    .log = log,
                                    .run = id,
                                    .lock_fd = lock_fd,
                                    .progress = progress };
                if (!to_be_undone(&c, &s))
                        continue;
                if (stop_asked())
                        return fail(why, -EINTR, "interrupted: the steps before are not put back");
                stop_answer(_("stops after this step"));
                r = undo_step(&c, &s, out, why);
                stop_answer(NULL);
                if (r < 0 && first == 0)
                        first = r;
        }
        return first;
}
