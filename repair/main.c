/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-repair: one function an action. */
#include <errno.h>

#include "lib/clean.h"
#include "lib/conf.h"
#include "lib/json.h"
#include "lib/lock.h"
#include "repair/history.h"
#include "repair/kind.h"
#include "repair/options.h"
#include "repair/recover.h"
#include "repair/rehearse.h"
#include "repair/report.h"
#include "repair/session.h"
#include "repair/terminal.h"
#include "repair/undo.h"

struct program {
        struct options options;
        struct sys sys;
        char **argv;
};

static void say(const char *text)
{
        fputs("secep-repair: ", stderr);
        print_clean(text, stderr);
        fputc('\n', stderr);
}

static int complain(int status, const char *why)
{
        say(why ? why : "failed");
        return status;
}

static void note(void *data, const char *text)
{
        (void)data;
        say(text);
}

/* What went wrong is said on stderr too: a log that keeps only stderr must not stay silent. On a
 * terminal the report above it says the same. */
static void complain_outcomes(const struct report *report)
{
        if (isatty(STDERR_FILENO) && isatty(STDOUT_FILENO))
                return;
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

static void report_start(const struct program *p, struct report *report)
{
        char host[256] = "";
        (void)gethostname(host, sizeof(host) - 1);
        report->host = xstrdup(host);
        report->kernel = p->sys.release ? xstrdup(p->sys.release) : NULL;
}

static int report_end(const struct program *p, struct report *report, int status)
{
        if (p->options.json)
                report_json(report, status, stdout);
        else
                report_text(report, report_wants_colour(stdout), stdout);
        fflush(stdout);
        complain_outcomes(report);
        report_free(report);
        return status;
}

static struct session session_of(struct program *p, struct terminal *terminal)
{
        terminal_init(terminal, !p->options.json && isatty(STDERR_FILENO));
        return (struct session){
                .sys = &p->sys,
                .faults = p->options.faults,
                .argv = p->argv,
                .progress = &terminal->progress,
                .on_step = terminal_step,
                .on_note = note,
                .data = terminal,
        };
}

static int act_check(struct program *p)
{
        struct terminal terminal;
        struct report report = { 0 };
        struct session session = session_of(p, &terminal);
        report_start(p, &report);
        session_check(&session, &report);
        return report_end(p, &report, report_exit(&report));
}

static int act_overview(struct program *p)
{
        int status = act_check(p);
        if (!p->options.json)
                puts("\nNothing was changed. secep-repair --fault N --plan shows the steps of a "
                     "repair,\n"
                     "--fault N --rehearse tries them on a throw-away copy, --fault N or --all "
                     "repairs.");
        return status;
}

static int act_plan(struct program *p)
{
        struct terminal terminal;
        struct report report = { 0 };
        struct session session = session_of(p, &terminal);
        report_start(p, &report);
        session_plan(&session, &report);
        return report_end(p, &report, report_exit(&report));
}

/* Who reads only the JSON sees why no step was tried. */
static void note_not_tried(struct report *report, const char *why)
{
        for (size_t i = 0; i < report->n; i++)
                if (report->outcomes[i].after.verdict == VERDICT_FAULT)
                        finding_note(&report->outcomes[i].after, "not repaired: %s",
                                     why ? why : "failed");
}

static int act_repair(struct program *p)
{
        struct terminal terminal;
        struct report report = { 0 };
        struct session session = session_of(p, &terminal);
        _cleanup_free_ char *why = NULL;
        report_start(p, &report);
        apply_catch_signals();
        int r = session_repair(&session, &report, &why);
        if (r < 0) {
                complain(0, why);
                note_not_tried(&report, why);
        }
        bool changed = report.changed;
        _cleanup_free_ char *run = report.run ? xstrdup(report.run) : NULL;
        int status = report_end(p, &report, r == -EBADMSG ? EXIT_USAGE : report_exit(&report));
        if (changed && !p->options.json)
                printf("\nrun %s changed this system; secep-repair %s%s%s--undo %s puts it back\n",
                       run, p->sys.live ? "" : "--root ", p->sys.live ? "" : p->sys.root,
                       p->sys.live ? "" : " ", run);
        return status;
}

static void undo_print_text(const struct undo_report *report)
{
        for (size_t i = 0; i < report->n; i++) {
                const struct undo_step *s = &report->steps[i];
                const struct kind *kind = kind_by_name(s->kind);
                _cleanup_free_ char *text =
                        xasprintf("%-13s %s %s%s%s", s->why ? "not put back" : "put back",
                                  kind ? kind->verb : s->kind, s->target, s->why ? ": " : "",
                                  s->why ? s->why : "");
                print_clean(text, stdout);
                putchar('\n');
        }
        if (report->n == 0)
                puts("nothing to put back");
}

static void undo_print_json(const char *id, const struct undo_report *report, int status)
{
        json_t *steps = json_array();
        for (size_t i = 0; i < report->n; i++) {
                const struct undo_step *s = &report->steps[i];
                json_array_append_new(steps, json_pack("{s:s, s:o, s:s, s:o}", "kind", s->kind,
                                                       "target", json_text_new(s->target), "state",
                                                       s->why ? "failed" : "undone", "why",
                                                       json_text_new(s->why)));
        }
        _cleanup_json_ json_t *j =
                json_pack("{s:i, s:s, s:b, s:o, s:i}", "schema", 1, "undo", id, "changed",
                          report->changed, "steps", steps, "exit", status);
        json_dumpf(j, stdout, JSON_COMPACT);
        puts("");
}

static int undo_status(int r, const struct undo_report *report)
{
        if (r == 0)
                return EXIT_NO_FAULT_LEFT;
        if (report->person)
                return EXIT_PERSON_NEEDED;
        return report->n || r == -EAGAIN || r == -EROFS ? EXIT_FAULT_LEFT : EXIT_USAGE;
}

static int act_undo(struct program *p)
{
        struct undo_report report = { 0 };
        _cleanup_free_ char *why = NULL;
        _cleanup_strv_ char **settled = NULL;
        /* A run nobody knows is told before the lock is waited for. */
        _cleanup_json_ json_t *records = NULL;
        int r = runlog_read(&p->sys, p->options.undo, &records, &why);
        if (r == -ENOENT) {
                free(TAKE_PTR(why));
                fail(&why, r, "--undo %s: no such run; --history lists them", p->options.undo);
        }
        if (r < 0)
                return complain(EXIT_USAGE, why);
        apply_catch_signals();
        _cleanup_close_ int lock = lock_take(&p->sys, &why);
        r = lock < 0 ? lock : recover_all(&p->sys, lock, &settled, &why);
        if (r == 0)
                r = undo_run(&p->sys, lock, p->options.undo, NULL, &report, &why);
        int status = undo_status(r, &report);
        if (p->options.json)
                undo_print_json(p->options.undo, &report, status);
        else if (r == 0 || report.n)
                undo_print_text(&report);
        if (r < 0)
                complain(status, why);
        undo_report_free(&report);
        return status;
}

static int act_history(struct program *p)
{
        _cleanup_free_ char *why = NULL;
        int r = history_print(&p->sys, p->options.json, stdout, &why);
        fflush(stdout);
        return r < 0 ? complain(EXIT_USAGE, why) : EXIT_NO_FAULT_LEFT;
}

static int act_list(struct program *p)
{
        _cleanup_json_ json_t *list = json_array();
        for (const struct fault *const *f = faults; *f; f++) {
                if (!p->options.json)
                        printf("%3d %-17s %s\n", (*f)->id, (*f)->slug, (*f)->summary);
                json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "id", (*f)->id, "slug",
                                                      (*f)->slug, "summary", (*f)->summary));
        }
        if (p->options.json) {
                _cleanup_json_ json_t *j = json_pack("{s:i, s:O}", "schema", 1, "faults", list);
                json_dumpf(j, stdout, JSON_COMPACT);
                puts("");
        }
        return EXIT_NO_FAULT_LEFT;
}

static int open_system(struct program *p, char **why);

/* Whether the fault would be gone cannot be told where a step was left out. */
static int rehearsal_exit(const struct report *report)
{
        int status = report_exit(report);
        for (size_t i = 0; i < report->n; i++)
                for (size_t k = 0; k < report->outcomes[i].plan.n; k++)
                        if (report->outcomes[i].results[k].state == STATE_NOT_REHEARSED)
                                status = EXIT_COULD_NOT_TELL;
        return status;
}

/* In the copy: everything is opened afresh there. */
static int rehearse_repair(void *data, const struct copy *copy)
{
        struct program *outer = data;
        struct program p = { .options = outer->options, .argv = outer->argv };
        struct terminal terminal;
        struct report report = { .rehearsal = true };
        _cleanup_free_ char *why = NULL;
        if (open_system(&p, &why) < 0)
                return complain(EXIT_USAGE, why);
        struct session session = session_of(&p, &terminal);
        session.rehearsal = true;
        report_start(&p, &report);
        if (session_repair(&session, &report, &why) < 0)
                complain(0, why);
        report.changes = rehearse_changes(copy);
        int status = report_end(&p, &report, rehearsal_exit(&report));
        sys_close(&p.sys);
        return status;
}

static int act_rehearse(struct program *p)
{
        _cleanup_free_ char *why = NULL;
        int r = rehearse_run(p->sys.root, rehearse_repair, p, &why);
        return r < 0 ? complain(EXIT_COULD_NOT_TELL, why) : r;
}

static const struct {
        int (*act)(struct program *p);
        bool needs_root;
} actions[] = {
        [ACTION_OVERVIEW] = { act_overview, false }, [ACTION_CHECK] = { act_check, false },
        [ACTION_PLAN] = { act_plan, false },         [ACTION_REHEARSE] = { act_rehearse, true },
        [ACTION_REPAIR] = { act_repair, true },      [ACTION_UNDO] = { act_undo, true },
        [ACTION_HISTORY] = { act_history, false },   [ACTION_LIST] = { act_list, false },
};

static int open_system(struct program *p, char **why)
{
        const struct options *o = &p->options;
        int r = sys_open(o->root, &p->sys, why);
        if (r == 0)
                r = conf_load(&p->sys, why);
        if (r < 0)
                return r;
        if (o->release) {
                free(p->sys.release);
                p->sys.release = xstrdup(o->release);
                p->sys.release_given = true;
        }
        p->sys.allow = o->allow;
        p->sys.offline_dir = o->offline_dir ? realpath(o->offline_dir, NULL) : NULL;
        p->sys.module_source = o->module_source ? realpath(o->module_source, NULL) : NULL;
        p->sys.depth = o->prove ? DEPTH_PROVE : DEPTH_LOOK;
        p->sys.deadline = now_ms() + (int64_t)o->timeout * 1000;
        return 0;
}

/* An answer that did not reach its reader is not "no fault". */
static int printed(int status)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return status;
        complain(status, "standard output could not be written");
        return status == EXIT_NO_FAULT_LEFT ? EXIT_COULD_NOT_TELL : status;
}

int main(int argc, char **argv)
{
        struct program p = { .argv = argv, .sys = { .root_fd = -1 } };
        _cleanup_free_ char *why = NULL;
        if (options_parse(argc, argv, &p.options, &why) < 0) {
                complain(EXIT_USAGE, why);
                return EXIT_USAGE;
        }
        if (p.options.action == ACTION_HELP)
                return options_help(), EXIT_NO_FAULT_LEFT;
        if (p.options.action == ACTION_VERSION)
                return printf("secep-repair %s\n", VERSION), EXIT_NO_FAULT_LEFT;
        if (actions[p.options.action].needs_root && geteuid() != 0)
                return complain(EXIT_USAGE, "a change needs root; --check and --plan do not");
        int status = open_system(&p, &why) < 0 ? complain(EXIT_USAGE, why)
                                               : actions[p.options.action].act(&p);
        sys_close(&p.sys);
        return printed(status);
}
