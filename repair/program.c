/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every action of secep-repair shares. */
#include "repair/program.h"

#include <errno.h>
#include <time.h>

#include "faults/advice.h"
#include "lib/clean.h"
#include "lib/conf.h"
#include "lib/sums.h"
#include "repair/report.h"

/* What is given by hand: held against sums later by its name, so nobody else may change it meanwhile. */
static int open_offline(const struct options *o, struct sys *sys, char **why)
{
        sys->offline_dir = o->offline_dir ? realpath(o->offline_dir, NULL) : NULL;
        int r = sys->offline_dir ? only_root_changes(sys->offline_dir, why) : 0;
        return r == 0 && o->offline_sums ? sums_read(o->offline_sums, &sys->offline_sums, why) : r;
}

int program_open(struct program *p, char **why)
{
        const struct options *o = &p->options;
        int r = sys_open(o->root, &p->sys, why);
        if (r == 0)
                r = conf_load(&p->sys, why);
        if (r == 0)
                r = open_offline(o, &p->sys, why);
        if (r < 0)
                return r;
        if (o->release) {
                free(p->sys.release);
                p->sys.release = xstrdup(o->release);
                p->sys.release_given = true;
        }
        p->sys.allow = o->allow;
        p->sys.module_source = o->module_source ? realpath(o->module_source, NULL) : NULL;
        p->sys.depth = o->prove ? DEPTH_PROVE : DEPTH_LOOK;
        p->sys.deadline = now_ms() + (int64_t)o->timeout * 1000;
        screen_open(&p->screen, stdout, &p->sys, o);
        return 0;
}

static void say(const char *text)
{
        fputs("secep-repair: ", stderr);
        print_clean(text, stderr);
        fputc('\n', stderr);
}

int program_complain(int status, const char *why)
{
        say(why ? why : "failed");
        return status;
}

void program_note(void *data, const char *text)
{
        (void)data;
        say(text);
}

/* With JSON what went wrong is said on stderr too: a log that keeps only stderr must not stay silent. */
static void complain_outcomes(const struct report *report)
{
        for (size_t i = 0; i < report->n; i++) {
                const struct outcome *o = &report->outcomes[i];
                bool failed = o->after.verdict == VERDICT_UNKNOWN ||
                              (o->repaired && o->after.verdict != VERDICT_OK);
                if (!failed)
                        continue;
                _cleanup_free_ char *text =
                        xasprintf("fault %d: %s%s", o->fault->id,
                                  o->after.verdict == VERDICT_UNKNOWN ? "could not tell: " : "",
                                  o->after.why);
                say(text);
        }
}

void program_report_start(const struct program *p, struct report *report)
{
        char host[256] = "";
        report->time = (long)time(NULL);
        report->all = p->options.all;
        (void)gethostname(host, sizeof(host) - 1);
        report->host = xstrdup(host);
        report->kernel = p->sys.release ? xstrdup(p->sys.release) : NULL;
        if (p->options.json || p->options.quiet)
                return;
        screen_head(&p->screen, report);
        fflush(stdout);
}

int program_report_end(struct program *p, struct report *report, const struct terminal *terminal,
                       int status)
{
        report_sort(report);
        for (size_t i = 0; i < report->n; i++)
                advice_ensure(&p->sys, report->outcomes[i].fault, &report->outcomes[i].after);
        p->screen.steps_told = terminal && terminal->screen;
        if (terminal && terminal->told)
                putchar('\n');
        if (p->options.json)
                report_json(report, status, stdout);
        else
                report_text(report, &p->screen);
        fflush(stdout);
        if (p->options.json)
                complain_outcomes(report);
        report_free(report);
        return status;
}

struct session program_session(struct program *p, struct terminal *terminal,
                               const struct report *report)
{
        bool shown = !p->options.json && !p->options.quiet;
        terminal_init(terminal, shown ? &p->screen : NULL, report);
        return (struct session){
                .sys = &p->sys,
                .faults = p->options.faults,
                .argv = p->argv,
                .progress = &terminal->progress,
                .on_step = terminal_step,
                .on_note = program_note,
                .data = terminal,
        };
}
