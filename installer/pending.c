/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-installer run-pending: does what hooks and the monitor wrote down. */
#include "installer/pending.h"

#include <errno.h>
#include <time.h>

#include "faults/advice.h"
#include "installer/queue.h"
#include "installer/verb.h"
#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/stop.h"
#include "lib/wait.h"
#include "packages/packages.h"
#include "repair/report.h"
#include "repair/self.h"
#include "repair/session.h"

#define WAIT_MS ((int64_t)60 * 60 * 1000) /* a distribution upgrade takes that long */
#define REPAIR_MS ((int64_t)10 * 60 * 1000)

/* The hook ran in the middle of it, and the headers may come with it. */
static int wait_for_packages(const struct sys *sys, char **why)
{
        _cleanup_free_ char *who = NULL;
        struct sys patient = *sys; /* on loan: what it owns stays SYS's */
        struct wait wait = { 0 };
        patient.deadline = now_ms() + WAIT_MS;
        while (package_lock_holder(sys, package_kind(sys), &who) > 0) {
                int r = wait_pause(&patient, &wait, who, 500, why);
                if (r < 0)
                        return fail(why, r, "%s", who);
                free(TAKE_PTR(who));
        }
        return 0;
}

static void say(void *data, const char *note)
{
        (void)data;
        verb_complain(0, note);
}

/* What is wanted for NAME as one run of its own: of a fault that Repair= does not name, a check alone.
 * The exit status; *TRIED: not kept from it by another run. */
static int serve_run(struct sys *sys, const char *name, char *const *all, bool *tried)
{
        int fault = pending_name(name);
        const struct fault *of_kernel[] = { fault_by_id(16), fault_by_id(11), fault_by_id(8),
                                            fault_by_id(9), NULL };
        const struct fault *one[] = { fault > 0 ? fault_by_id(fault) : NULL, NULL };
        _cleanup_free_ char *why = NULL;
        struct sys of = *sys; /* on loan, but for the release */
        struct report report = { .kernel = fault > 0 ? NULL : xstrdup(name) };
        if (fault == 0) {
                of.release = (char *)name;
                of.release_given = true;
        }
        of.deadline = now_ms() + REPAIR_MS;
        struct session session = {
                .sys = &of, .faults = fault > 0 ? one : of_kernel, .argv = all, .on_note = say
        };
        bool repairs = fault == 0 || self_repair_allowed(sys, fault);
        int r = repairs ? session_repair(&session, &report, &why)
                        : (session_check(&session, &report), 0);
        int status = report_exit(&report);
        *tried = r != -EAGAIN && !stop_asked();
        printf(fault > 0 ? "fault %s\n" : "kernel %s\n", name);
        verb_report(&of, &report);
        report_free(&report);
        if (r < 0)
                return verb_complain(status ? status : EXIT_COULD_NOT_TELL, why);
        return repairs ? status : EXIT_NO_FAULT_LEFT; /* a check that was made is done */
}

/* A kernel that has gone meanwhile is wanted no more. */
static bool is_gone(const struct sys *sys, const char *name)
{
        _cleanup_free_ char *modules = xasprintf("/lib/modules/%s", name);
        return pending_name(name) < 0 || (pending_name(name) == 0 && !sys_exists(sys, modules));
}

static void count_result(const struct sys *sys, const char *result)
{
        _cleanup_free_ char *text = NULL, *why = NULL;
        _cleanup_json_ json_t *j = NULL;
        if (sys_read_nolinks(sys, REPAIR_RESULTS_FILE, 4096, &text, NULL) == 0)
                j = json_loads(text, 0, NULL);
        if (!json_is_object(j)) {
                json_decref(j);
                j = json_object();
        }
        json_int_t n = json_integer_value(json_object_get(j, result));
        json_object_set_new(j, result, json_integer(n > 0 ? n + 1 : 1));
        _cleanup_free_ char *new = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);
        if (edit_replace(sys, REPAIR_RESULTS_FILE, new, strlen(new), 0644, &why) < 0)
                verb_complain(0, why);
}

/* After a try: what stands on disk of it. */
static int settle(const struct sys *sys, const char *name, struct pending *p, int status,
                  char **why)
{
        bool fault = pending_name(name) > 0;
        if (status == EXIT_NO_FAULT_LEFT) {
                count_result(sys, REPAIR_WORD_CLEARED);
                p->done = time(NULL);
                return fault && self_repair_allowed(sys, pending_name(name))
                               ? pending_write(sys, name, p, why)
                               : pending_drop(sys, name, why);
        }
        if (!pending_given_up(p)) {
                count_result(sys, REPAIR_WORD_LEFT);
                printf(_("%s: try %d of %d failed, the next one in %lld s\n"), name, p->tries,
                       PENDING_TRIES, (long long)(p->due - time(NULL)));
                return 0;
        }
        count_result(sys, REPAIR_WORD_GIVEN_UP);
        printf(_("%s: given up after %d tries; secep-repair %s %s tries again\n"), name, p->tries,
               fault ? "--fault" : "--all --kernel", name);
        return pending_drop(sys, name, why);
}

/* The record is on disk before the try: what kills us every time is not tried for ever. */
static int serve(struct sys *sys, const char *name, char *const *all)
{
        struct pending p;
        bool tried = false;
        _cleanup_free_ char *why = NULL;
        int64_t now = time(NULL);
        if (pending_read(sys, name, &p) < 0 ||
            (!pending_is_due(&p, now) && !pending_is_old(&p, now)))
                return EXIT_NO_FAULT_LEFT;
        if (is_gone(sys, name) || pending_is_old(&p, now) || pending_given_up(&p))
                return pending_drop(sys, name, &why) < 0 ? verb_complain(EXIT_COULD_NOT_TELL, why)
                                                         : EXIT_NO_FAULT_LEFT;
        struct pending before = p;
        p = pending_tried(&p, now);
        if (pending_write(sys, name, &p, &why) < 0)
                return verb_complain(EXIT_COULD_NOT_TELL, why);
        int status = serve_run(sys, name, all, &tried);
        int r;
        if (!tried) {
                before.due = now + 60;
                r = pending_write(sys, name, &before, &why);
        } else {
                r = settle(sys, name, &p, status, &why);
        }
        fflush(stdout);
        return r < 0 ? verb_complain(EXIT_COULD_NOT_TELL, why) : status;
}

static int run_pending(struct sys *sys, char **argv, char *const *all)
{
        _cleanup_free_ char *why = NULL;
        _cleanup_strv_ char **names = NULL;
        if (argv[0])
                return verb_usage(&verb_run_pending);
        stop_catch();
        int status = EXIT_NO_FAULT_LEFT;
        if (pending_take(sys, time(NULL), &why) < 0)
                status = verb_complain(EXIT_COULD_NOT_TELL, why);
        if (queue_list(sys, QUEUE_LATER, &names) < 0 || !names)
                return status;
        int r = wait_for_packages(sys, &why);
        if (r < 0 || stop_asked())
                return r < 0 ? verb_complain(EXIT_COULD_NOT_TELL, why) : EXIT_COULD_NOT_TELL;
        for (char **name = names; *name && !stop_asked(); name++)
                status = exit_worse(status, serve(sys, *name, all));
        return status;
}

const struct verb verb_run_pending = {
        .name = "run-pending",
        .usage = "",
        .summary = N_("when the package system is done, serve what is queued in " QUEUE_NEW),
        .needs_root = true,
        .run = run_pending,
};
