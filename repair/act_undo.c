/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --undo: one run put back. */
#include <errno.h>

#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/lock.h"
#include "lib/stop.h"
#include "repair/kind.h"
#include "repair/program.h"
#include "repair/recover.h"
#include "repair/report.h"
#include "repair/undo.h"

static const struct {
        const char *word;
        enum layout_style style;
} words[] = {
        [UNDO_BACK] = { N_("put back"), STYLE_GOOD },
        [UNDO_ALREADY] = { N_("already so"), STYLE_PLAIN },
        [UNDO_LEFT] = { N_("left alone"), STYLE_WARN },
        [UNDO_FINAL] = { N_("no way back"), STYLE_FAINT },
        [UNDO_FAILED] = { N_("not put back"), STYLE_BAD },
};

static int word_columns(void)
{
        int most = 0;
        for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
                int columns = layout_columns(_(words[i].word));
                most = columns > most ? columns : most;
        }
        return most;
}

static void print_step(const struct layout *l, const struct undo_step *s)
{
        _cleanup_free_ char *step = kind_name(s->kind, s->target);
        _cleanup_free_ char *text =
                xasprintf("%s%s%s", step, s->why ? ": " : "", s->why ? s->why : "");
        const struct layout_cell cells[] = {
                { _(words[s->state].word), word_columns(), words[s->state].style },
                { text, 0, STYLE_PLAIN },
        };
        layout_row(l, SCREEN_INDENT, cells, ARRAY_SIZE(cells));
}

static void undo_print_text(const struct layout *l, const char *id,
                            const struct undo_report *report)
{
        size_t back = 0;
        for (size_t i = 0; i < report->n; i++) {
                print_step(l, &report->steps[i]);
                back += report->steps[i].state == UNDO_BACK;
        }
        _cleanup_free_ char *sum =
                report->n ? xasprintf(i18n_plural("run %s: %zu of %zu step put back",
                                                  "run %s: %zu of %zu steps put back", report->n),
                                      id, back, report->n)
                          : xasprintf(_("run %s: nothing to put back"), id);
        layout_text(l, 0, 2, STYLE_BOLD, sum);
}

static void undo_print_json(const char *id, const struct undo_report *report, int status)
{
        json_t *steps = json_array();
        for (size_t i = 0; i < report->n; i++) {
                const struct undo_step *s = &report->steps[i];
                json_array_append_new(
                        steps, json_pack("{s:s, s:o, s:s, s:o}", "kind", step_kind_name(s->kind),
                                         "target", json_text_new(s->target), "state",
                                         undo_state_name(s->state), "why", json_text_new(s->why)));
        }
        _cleanup_json_ json_t *j = json_answer_new();
        _cleanup_json_ json_t *more = json_pack("{s:s, s:b, s:o, s:i}", "undo", id, "changed",
                                                report->changed, "steps", steps, "exit", status);
        json_object_update(j, more);
        json_print(j, stdout);
}

/* A log that keeps only standard error must not stay silent about it. */
static void complain_left(const struct undo_report *report, int status)
{
        for (size_t i = 0; i < report->n; i++) {
                const struct undo_step *s = &report->steps[i];
                if (s->state != UNDO_LEFT)
                        continue;
                _cleanup_free_ char *step = kind_name(s->kind, s->target);
                _cleanup_free_ char *text = xasprintf(_("%s: left alone: %s"), step, s->why);
                program_complain(status, text);
        }
}

static int undo_status(int r, const struct undo_report *report)
{
        if (r == 0)
                return report->left ? EXIT_FAULT_LEFT : EXIT_NO_FAULT_LEFT;
        if (report->person)
                return EXIT_PERSON_NEEDED;
        return report->n || r == -EAGAIN || r == -EINTR || r == -EROFS ? EXIT_FAULT_LEFT
                                                                       : EXIT_USAGE;
}

/* --undo RUN, or the newest there is for "last". 0, or -errno with *WHY. */
static int which_run(const struct program *p, char **out, char **why)
{
        _cleanup_strv_ char **ids = NULL;
        if (!streq(p->options.undo, "last")) {
                *out = xstrdup(p->options.undo);
                return 0;
        }
        int r = runlog_list(&p->sys, &ids, why);
        if (r < 0)
                return r;
        size_t n = strv_length(ids);
        if (n == 0)
                return fail(why, -ENOENT, "--undo last: no run has changed this system");
        *out = xstrdup(ids[n - 1]);
        return 0;
}

int act_undo(struct program *p)
{
        struct undo_report report = { 0 };
        _cleanup_free_ char *why = NULL;
        _cleanup_recovery_ struct recovery recovery = { 0 };
        /* A run nobody knows is told before the lock is waited for. */
        _cleanup_runlog_reader_ struct runlog_reader *known = NULL;
        _cleanup_free_ char *id = NULL;
        int r = which_run(p, &id, &why);
        if (r < 0)
                return program_complain(EXIT_USAGE, why);
        r = runlog_open(&p->sys, id, &known, &why);
        if (r == -ENOENT) {
                free(TAKE_PTR(why));
                fail(&why, r, "--undo %s: no such run; --history lists them", p->options.undo);
        }
        if (r < 0)
                return program_complain(EXIT_USAGE, why);
        stop_catch();
        _cleanup_close_ int lock = lock_take(&p->sys, &why);
        r = lock < 0 ? lock : recover_all(&p->sys, lock, &recovery, &why);
        recovery_tell(&recovery, program_note, NULL);
        if (r == 0)
                r = undo_run(&p->sys, lock, id, NULL, &report, &why);
        int status = undo_status(r, &report);
        if (p->options.json) {
                undo_print_json(id, &report, status);
                complain_left(&report, status);
        }
        if (!p->options.json && (r == 0 || report.n))
                undo_print_text(&p->screen.l, id, &report);
        if (r < 0)
                program_complain(status, why);
        undo_report_free(&report);
        return status;
}
