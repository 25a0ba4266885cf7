/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-installer with-usergroups: a command that sees USERGROUPS_ENAB yes. */
#include "installer/verb.h"

#include <errno.h>
#include <signal.h>

#include "accounts/accounts.h"
#include "accounts/toggle.h"
#include "connector/connector.h"
#include "installer/command.h"
#include "lib/i18n.h"
#include "lib/lock.h"
#include "lib/stop.h"
#include "repair/apply.h"
#include "repair/recover.h"
#include "repair/undo.h"

#define FAULT_SCAN_USER 5
#define EXIT_INTERRUPTED 130 /* as a shell says it for SIGINT */

struct job {
        struct sys *sys;
        char **command;
        struct work work;
        struct report report;
};

/* A change that was refused: a person must lift it, or it is a failure like others. */
static int failed(int r, const char *why)
{
        return verb_complain(r == -EPERM || r == -EROFS ? EXIT_PERSON_NEEDED : EXIT_COULD_NOT_TELL,
                             why);
}

/* Takes the lock; what a run that was cut off left behind is put back first. */
static int begin(struct job *job, char **why)
{
        _cleanup_recovery_ struct recovery recovery = { 0 };
        job->work.lock_fd = lock_take(job->sys, why);
        if (job->work.lock_fd < 0)
                return job->work.lock_fd;
        return recover_all(job->sys, job->work.lock_fd, &recovery, why);
}

static void end(struct job *job, int status)
{
        apply_end(&job->work, status);
        if (job->work.lock_fd >= 0)
                close(job->work.lock_fd);
        job->work.lock_fd = -1;
}

/* Does STEPS as one run of the log. */
static int do_steps(struct job *job, const struct plan *steps, char **why)
{
        struct outcome *o = report_add(&job->report, fault_by_id(FAULT_SCAN_USER));
        for (size_t i = 0; i < steps->n; i++)
                outcome_add_step(o, &steps->steps[i]);
        int r = apply_plan(&job->work, o);
        for (size_t i = 0; i < o->plan.n && r < 0; i++)
                if (o->results[i].why)
                        return fail(why, r, "%s", o->results[i].why);
        return r;
}

/* With USERGROUPS_ENAB on, plain useradd makes a group of the user's name and fails where there is
 * one: with one of the two there we make the other. Neither is there: the package makes both. */
static void plan_account(const struct account *a, struct plan *steps)
{
        if (a->user == a->group)
                return;
        if (a->group) {
                plan_add(steps, STEP_CREATE_USER, SCAN_ACCOUNT, SCAN_ACCOUNT, NULL);
                return;
        }
        plan_add(steps, STEP_CREATE_GROUP, SCAN_ACCOUNT, NULL, NULL);
        plan_add(steps, STEP_SET_PRIMARY_GROUP, SCAN_ACCOUNT, SCAN_ACCOUNT, NULL);
}

/* A log without its end is of a run that was cut off, or of one that is at work: that one is not
 * waited for where nothing is to be done. */
static bool is_at_work(struct job *job, const struct plan *steps, int r)
{
        return r == -EAGAIN && steps->n == 0 && job->work.lock_fd < 0;
}

/* Writes nothing, not even the lock, where there is nothing to be done. */
static int complete_account(struct job *job, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        _cleanup_(plan_free) struct plan steps = { .n = 0 };
        _cleanup_free_ char *said = NULL;
        int64_t deadline = job->sys->deadline;
        int r = account_read(job->sys, SCAN_ACCOUNT, &a, why);
        if (r < 0)
                return r;
        plan_account(&a, &steps);
        r = recover_needed(job->sys, why);
        if (r < 0 || (r == 0 && steps.n == 0))
                return r;
        if (steps.n == 0)
                job->sys->deadline = now_ms();
        r = begin(job, &said);
        job->sys->deadline = deadline;
        if (is_at_work(job, &steps, r))
                return 0;
        if (r == 0 && steps.n > 0)
                r = do_steps(job, &steps, &said);
        end(job, r < 0 ? EXIT_FAULT_LEFT : EXIT_NO_FAULT_LEFT);
        return r < 0 ? fail(why, r, "%s", said ? said : error_text(-r)) : 0;
}

static int lay_over(void)
{
        return toggle_in_namespace("yes");
}

static int told(int status, const char *why)
{
        return why ? verb_complain(status, why) : status;
}

/* Puts the file back; a failure outranks the command's own status. */
static int put_back(struct job *job, int status)
{
        _cleanup_free_ char *why = NULL;
        struct undo_report undone = { 0 };
        stop_obeyed();
        int r = undo_run(job->sys, job->work.lock_fd, runlog_id(job->work.log), NULL, &undone,
                         &why);
        undo_report_free(&undone);
        if (r < 0)
                return failed(r, why);
        apply_end(&job->work, status);
        return status;
}

static int run_on_disk(struct job *job)
{
        _cleanup_free_ char *why = NULL;
        _cleanup_(plan_free) struct plan steps = { .n = 0 };
        int refused = 0, status = EXIT_INTERRUPTED;
        plan_add(&steps, STEP_SET_USERGROUPS, LOGIN_DEFS, NULL, "yes");
        stop_catch(); /* from here on the file is put back before we end */
        int r = begin(job, &why);
        if (r == 0)
                r = do_steps(job, &steps, &why);
        if (r < 0)
                return failed(r, why);
        if (!stop_asked())
                status = told(command_run(job->command, NULL, &refused, &why), why);
        return put_back(job, status);
}

/* Nothing is changed by us: no lock is held while the command runs. */
static int run_command(struct job *job, bool toggled)
{
        _cleanup_free_ char *why = NULL;
        int refused = 0;
        int status = command_run(job->command, toggled ? NULL : lay_over, &refused, &why);
        return refused ? run_on_disk(job) : told(status, why);
}

static int run(struct sys *sys, char **argv, char *const *all)
{
        _cleanup_free_ char *value = NULL, *why = NULL;
        if (!argv[0] || !streq(argv[0], "--") || !argv[1])
                return verb_usage(&verb_with_usergroups);
        struct job job = {
                .sys = sys,
                .command = argv + 1,
                .work = { .sys = sys, .argv = all, .lock_fd = -1 },
        };
        int toggled = login_defs_usergroups(sys, &value, &why);
        int r = toggled < 0 ? toggled : complete_account(&job, &why);
        int status = r < 0 ? failed(r, why) : run_command(&job, toggled);
        end(&job, EXIT_FAULT_LEFT);
        report_free(&job.report);
        return status;
}

const struct verb verb_with_usergroups = {
        .name = "with-usergroups",
        .usage = "-- COMMAND [ARG...]",
        .summary = N_("run COMMAND, and nothing else, with USERGROUPS_ENAB yes in /etc/login.defs"),
        .needs_root = true,
        .run = run,
};
