/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking, planning, rehearsing, repairing. */
#include <errno.h>

#include "host/process_view.h"
#include "lib/i18n.h"
#include "lib/runlog.h"
#include "repair/failure.h"
#include "repair/program.h"
#include "repair/rehearse.h"
#include "repair/report.h"
#include "repair/wait.h"

int act_check(struct program *p)
{
        struct terminal terminal;
        struct report report = { 0 };
        struct session session = program_session(p, &terminal, &report);
        bool hold = p->sys.live && p->sys.depth == DEPTH_LOOK; /* a proof waits for what it makes */
        if (hold)
                process_hold();
        program_report_start(p, &report);
        session_check(&session, &report);
        if (hold)
                process_drop();
        return program_report_end(p, &report, NULL, report_exit(&report));
}

int act_plan(struct program *p)
{
        struct terminal terminal;
        struct report report = { 0 };
        struct session session = program_session(p, &terminal, &report);
        program_report_start(p, &report);
        session_plan(&session, &report);
        return program_report_end(p, &report, NULL, report_exit(&report));
}

/* Who reads only the JSON sees why no step was tried. R: what the run ended with. */
static void note_not_tried(struct report *report, int r, const char *why)
{
        const char *advice = failure_advice(r);
        for (size_t i = 0; i < report->n; i++) {
                struct finding *f = &report->outcomes[i].after;
                if (f->verdict != VERDICT_FAULT)
                        continue;
                finding_note(f, "not repaired: %s", why ? why : "failed");
                if (!advice)
                        continue;
                finding_set(f, VERDICT_BLOCKED, f->cause, "%s", f->why);
                finding_do(f, DO_PERSON, "%s", _(advice));
        }
}

/* How to put it back, and where the log is. */
static void tell_run(const struct program *p, const char *run)
{
        _cleanup_free_ char *undo = xasprintf("--undo %s", run);
        _cleanup_free_ char *log = xasprintf(_("log:      %s%s/%s.jsonl"),
                                             p->sys.live ? "" : p->sys.root, RUNLOG_DIR, run);
        screen_print_command(&p->screen, _("put back:"), NULL, undo);
        layout_text(&p->screen.l, SCREEN_INDENT, 2 * SCREEN_INDENT, STYLE_PLAIN, log);
}

static int follow_monitor(const struct program *p, const int *faults_waited)
{
        _cleanup_free_ char *why = NULL;
        int status = wait_cleared(&p->sys, faults_waited, p->options.wait, &why);
        return why ? program_complain(status, why) : status;
}

int act_repair(struct program *p)
{
        struct terminal terminal;
        struct report report = { 0 };
        struct session session = program_session(p, &terminal, &report);
        _cleanup_free_ char *why = NULL;
        program_report_start(p, &report);
        int r = session_repair(&session, &report, &why);
        if (r < 0) {
                program_complain(0, why);
                note_not_tried(&report, r, why);
        }
        bool changed = report.changed;
        _cleanup_free_ char *run = report.run ? xstrdup(report.run) : NULL;
        int waited[FAULTS_COUNT + 1];
        wait_faults(&report, waited);
        int status = program_report_end(p, &report, &terminal, report_exit(&report));
        if (changed && !p->options.json && !p->options.quiet)
                tell_run(p, run);
        return p->options.wait && waited[0] ? exit_worse(status, follow_monitor(p, waited))
                                            : status;
}

static bool left_out(const struct step_result *results, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (results[i].state == STATE_NOT_REHEARSED)
                        return true;
        return false;
}

/* Whether the fault would be gone cannot be told where a step was left out. */
static int rehearsal_exit(const struct report *report)
{
        bool out = left_out(report->closing_results, report->closing.n);
        for (size_t i = 0; i < report->n; i++)
                out |= left_out(report->outcomes[i].results, report->outcomes[i].plan.n);
        return out ? EXIT_COULD_NOT_TELL : report_exit(report);
}

/* In the copy: everything is opened afresh there. */
static int rehearse_repair(void *data, const struct copy *copy)
{
        struct program *outer = data;
        struct program p = { .options = outer->options, .argv = outer->argv };
        struct terminal terminal;
        struct report report = { .rehearsal = true };
        _cleanup_free_ char *why = NULL;
        if (program_open(&p, &why) < 0)
                return program_complain(EXIT_USAGE, why);
        p.sys.copy = p.sys.live;
        struct session session = program_session(&p, &terminal, &report);
        session.rehearsal = true;
        program_report_start(&p, &report);
        if (session_repair(&session, &report, &why) < 0)
                program_complain(0, why);
        report.changes = rehearse_changes(copy);
        int status = program_report_end(&p, &report, &terminal, rehearsal_exit(&report));
        sys_close(&p.sys);
        return status;
}

int act_rehearse(struct program *p)
{
        _cleanup_free_ char *why = NULL;
        int r = rehearse_run(p->sys.root, rehearse_repair, p, &why);
        return r < 0 ? program_complain(EXIT_COULD_NOT_TELL, why) : r;
}
