/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --history and --list. */
#include <time.h>

#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/program.h"
#include "repair/replay.h"
#include "repair/report.h"

static const char *const state_names[] = {
        [RUNLOG_BEGUN] = N_("cut-off"), [RUNLOG_DONE] = N_("done"),
        [RUNLOG_FAILED] = N_("failed"), [RUNLOG_NOT_DONE] = N_("not-done"),
        [RUNLOG_UNDONE] = N_("undone"),
};

static int run_json(const struct replay *run, json_t *runs, char **why)
{
        json_t *steps = json_array();
        json_array_append_new(runs,
                              json_pack("{s:s, s:I, s:o, s:o}", "run", run->id, "time",
                                        (json_int_t)run->log.time, "exit",
                                        run->log.ended ? json_integer(run->log.exit) : json_null(),
                                        "steps", steps));
        for (size_t i = 0; i < run->log.n; i++) {
                _cleanup_replay_step_ struct replay_step s = { 0 };
                int r = replay_step_read(run, i, &s, why);
                if (r < 0)
                        return r;
                json_array_append_new(steps,
                                      json_pack("{s:i, s:s, s:o, s:s}", "fault", s.step.fault,
                                                "kind", step_kind_name(s.step.kind), "target",
                                                json_text_new(s.step.target), "state",
                                                state_names[s.state]));
        }
        return 0;
}

static int run_text(const struct replay *run, const struct layout *l, char **why)
{
        char when[32] = "?";
        time_t t = run->log.time;
        struct tm tm;
        if (localtime_r(&t, &tm)) /* NULL: a year that is no int */
                strftime(when, sizeof(when), "%F %T", &tm);
        _cleanup_free_ char *end =
                run->log.ended ? xasprintf(_("exit %d"), run->log.exit) : xstrdup(_("not ended"));
        _cleanup_free_ char *head = xasprintf("%s  %s  %s", run->id, when, end);
        layout_text(l, 0, 2, STYLE_BOLD, head);
        for (size_t i = 0; i < run->log.n; i++) {
                _cleanup_replay_step_ struct replay_step s = { 0 };
                int r = replay_step_read(run, i, &s, why);
                if (r < 0)
                        return r;
                _cleanup_free_ char *id = s.step.fault ? xasprintf("%2d", s.step.fault)
                                                       : xstrdup(""),
                                    *said = kind_say(&s.step);
                const struct layout_cell cells[] = {
                        { id, 2, STYLE_PLAIN },
                        { _(state_names[s.state]), 8, STYLE_PLAIN },
                        { said, 0, STYLE_PLAIN },
                };
                layout_row(l, SCREEN_INDENT, cells, ARRAY_SIZE(cells));
        }
        return 0;
}

int history_print(const struct sys *sys, bool json, FILE *to, char **why)
{
        _cleanup_strv_ char **ids = NULL;
        _cleanup_json_ json_t *runs = json_array();
        int r = runlog_list(sys, &ids, why), worst = r;
        struct layout l;
        layout_open(&l, to);
        for (char **id = ids; r >= 0 && *id; id++) {
                _cleanup_replay_ struct replay run = { 0 };
                int one = replay_read(sys, *id, &run, why);
                if (one == 0)
                        one = json ? run_json(&run, runs, why) : run_text(&run, &l, why);
                if (one < 0)
                        worst = one;
        }
        if (!json && r >= 0 && !(ids && *ids))
                layout_text(&l, 0, 0, STYLE_PLAIN, _("no runs"));
        if (json) {
                _cleanup_json_ json_t *whole = json_answer_new();
                json_object_set(whole, "runs", runs);
                json_print(whole, to);
        }
        return worst;
}

int act_history(struct program *p)
{
        _cleanup_free_ char *why = NULL;
        int r = history_print(&p->sys, p->options.json, stdout, &why);
        fflush(stdout);
        return r < 0 ? program_complain(EXIT_USAGE, why) : EXIT_NO_FAULT_LEFT;
}

static void list_text(const struct layout *l, const struct report *report)
{
        for (size_t i = 0; i < report->n; i++) {
                const struct fault *f = report->outcomes[i].fault;
                _cleanup_free_ char *id = xasprintf("%2d", f->id);
                const struct layout_cell cells[] = {
                        { id, 2, STYLE_PLAIN },
                        { f->slug, SCREEN_NAME, STYLE_PLAIN },
                        { _(f->summary), 0, STYLE_PLAIN },
                };
                layout_row(l, SCREEN_INDENT, cells, ARRAY_SIZE(cells));
        }
}

static json_t *list_json(const struct report *report)
{
        json_t *list = json_array(), *j = json_answer_new();
        for (size_t i = 0; i < report->n; i++) {
                const struct fault *f = report->outcomes[i].fault;
                json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "id", f->id, "slug",
                                                      f->slug, "summary", f->summary));
        }
        json_object_set_new(j, "faults", list);
        return j;
}

int act_list(struct program *p)
{
        struct report report = { 0 };
        for (const struct fault *const *f = faults; *f; f++)
                report_add(&report, *f);
        report_sort(&report);
        if (p->options.json) {
                _cleanup_json_ json_t *j = list_json(&report);
                json_print(j, stdout);
        } else {
                list_text(&p->screen.l, &report);
        }
        report_free(&report);
        return EXIT_NO_FAULT_LEFT;
}
