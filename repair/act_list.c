/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --history and --list. */
#include <time.h>

#include "lib/clean.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/program.h"
#include "repair/replay.h"
#include "repair/report.h"

static const char *const state_names[] = {
        [REPLAY_BEGUN] = "cut-off",     [REPLAY_DONE] = "done",     [REPLAY_FAILED] = "failed",
        [REPLAY_NOT_DONE] = "not-done", [REPLAY_UNDONE] = "undone",
};

static json_t *run_json(const struct replay *run)
{
        json_t *steps = json_array();
        for (size_t i = 0; i < run->n; i++) {
                const struct replay_step *s = &run->steps[i];
                json_array_append_new(steps, json_pack("{s:i, s:s, s:o, s:s}", "fault",
                                                       s->step.fault, "kind", s->kind->name,
                                                       "target", json_text_new(s->step.target),
                                                       "state", state_names[s->state]));
        }
        return json_pack("{s:s, s:I, s:o, s:o}", "run", run->id, "time", (json_int_t)run->time,
                         "exit", run->ended ? json_integer(run->exit) : json_null(), "steps",
                         steps);
}

static void run_text(const struct replay *run, FILE *to)
{
        char when[32] = "?";
        time_t t = run->time;
        struct tm tm;
        if (localtime_r(&t, &tm)) /* NULL: a year that is no int */
                strftime(when, sizeof(when), "%F %T", &tm);
        fprintf(to, "%s  %s  ", run->id, when);
        if (run->ended)
                fprintf(to, "exit %d\n", run->exit);
        else
                fputs("not ended\n", to);
        for (size_t i = 0; i < run->n; i++) {
                fprintf(to, "    fault %-2d  %-8s  %s ", run->steps[i].step.fault,
                        state_names[run->steps[i].state], run->steps[i].kind->verb);
                print_clean(run->steps[i].step.target, to);
                fputc('\n', to);
        }
}

int history_print(const struct sys *sys, bool json, FILE *to, char **why)
{
        _cleanup_strv_ char **ids = NULL;
        _cleanup_json_ json_t *runs = json_array();
        int r = runlog_list(sys, &ids, why), worst = r;
        for (char **id = ids; r >= 0 && *id; id++) {
                _cleanup_replay_ struct replay run = { 0 };
                int one = replay_read(sys, *id, &run, why);
                if (one < 0)
                        worst = one;
                else if (json)
                        json_array_append_new(runs, run_json(&run));
                else
                        run_text(&run, to);
        }
        if (!json && r >= 0 && !(ids && *ids))
                fputs("no runs\n", to);
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

int act_list(struct program *p)
{
        _cleanup_json_ json_t *list = json_array();
        for (const struct fault *const *f = faults; *f; f++) {
                if (!p->options.json)
                        printf("%3d %-17s %s\n", (*f)->id, (*f)->slug, (*f)->summary);
                json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "id", (*f)->id, "slug",
                                                      (*f)->slug, "summary", (*f)->summary));
        }
        if (p->options.json) {
                _cleanup_json_ json_t *j = json_answer_new();
                json_object_set(j, "faults", list);
                json_print(j, stdout);
        }
        return EXIT_NO_FAULT_LEFT;
}
