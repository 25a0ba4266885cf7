/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-installer run-pending: prepares the kernels that hooks wrote down. */
#include "installer/pending.h"

#include <errno.h>
#include <fcntl.h>

#include "faults/advice.h"
#include "installer/verb.h"
#include "lib/edit.h"
#include "packages/packages.h"
#include "repair/report.h"
#include "repair/session.h"

#define NOTE "kernel-"
#define WAIT_MS ((int64_t)60 * 60 * 1000) /* a distribution upgrade takes that long */
#define REPAIR_MS ((int64_t)10 * 60 * 1000)

char *pending_path(const char *release)
{
        return xasprintf("%s/%s%s", PENDING, NOTE, release);
}

/* The hook ran in the middle of it, and the headers may come with it. */
static int wait_for_packages(const struct sys *sys, char **why)
{
        _cleanup_free_ char *who = NULL;
        for (int64_t end = now_ms() + WAIT_MS;
             package_lock_holder(sys, package_kind(sys), &who) > 0 && !apply_interrupted();) {
                if (now_ms() >= end)
                        return fail(why, -EAGAIN, "%s", who);
                free(TAKE_PTR(who));
                sleep_ms(500);
        }
        return 0;
}

static void say(void *data, const char *note)
{
        (void)data;
        verb_complain(0, note);
}

/* One kernel as one run of its own. The exit status; *TRIED: not kept from it by another run. */
static int prepare(struct sys *sys, const char *release, char *const *all, bool *tried)
{
        const struct fault *wanted[] = { fault_by_id(16), fault_by_id(11), fault_by_id(8),
                                         fault_by_id(9), NULL };
        _cleanup_free_ char *why = NULL;
        struct report report = { .kernel = xstrdup(release) };
        free(sys->release);
        sys->release = xstrdup(release);
        sys->release_given = true;
        sys->deadline = now_ms() + REPAIR_MS;
        struct session session = { .sys = sys, .faults = wanted, .argv = all, .on_note = say };
        int r = session_repair(&session, &report, &why);
        int status = report_exit(&report);
        *tried = r != -EAGAIN && !apply_interrupted();
        printf("kernel %s\n", release);
        struct screen screen;
        report_sort(&report);
        for (size_t i = 0; i < report.n; i++)
                advice_ensure(sys, report.outcomes[i].fault, &report.outcomes[i].after);
        screen_open(&screen, stdout, sys, NULL);
        report_text(&report, &screen);
        fflush(stdout);
        report_free(&report);
        if (r < 0)
                return verb_complain(status ? status : EXIT_COULD_NOT_TELL, why);
        return status;
}

/* The releases written down. A kernel that has gone meanwhile is not among them, and whatever else
 * lies there is taken away: the path unit would never rest. */
static char **pending_take(const struct sys *sys)
{
        _cleanup_closedir_ DIR *dir = NULL;
        char **releases = NULL;
        if (sys_opendir(sys, PENDING, &dir) < 0)
                return NULL;
        for (struct dirent *e; (e = readdir(dir));) {
                if (streq(e->d_name, ".") || streq(e->d_name, ".."))
                        continue;
                const char *release = e->d_name + strlen(NOTE);
                _cleanup_free_ char *modules = NULL;
                if (startswith(e->d_name, NOTE) && release_check(release, NULL) == 0)
                        modules = xasprintf("/lib/modules/%s", release);
                if (modules && sys_exists(sys, modules))
                        strv_add(&releases, release);
                else if (unlinkat(dirfd(dir), e->d_name, 0) < 0)
                        unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
        }
        return releases;
}

static int drop(const struct sys *sys, const char *release)
{
        _cleanup_free_ char *path = pending_path(release), *why = NULL;
        int r = edit_remove(sys, path, &why);
        return r < 0 ? verb_complain(EXIT_COULD_NOT_TELL, why) : EXIT_NO_FAULT_LEFT;
}

/* A note goes once its kernel was tried: what failed stands in the journal. Until then it stays,
 * for a run that is killed or finds another at work. */
static int run_pending(struct sys *sys, char **argv, char *const *all)
{
        _cleanup_free_ char *why = NULL;
        int status = EXIT_NO_FAULT_LEFT;
        if (argv[0])
                return verb_usage(&verb_run_pending);
        apply_catch_signals();
        int r = wait_for_packages(sys, &why);
        if (r < 0 || apply_interrupted())
                return r < 0 ? verb_complain(EXIT_COULD_NOT_TELL, why) : EXIT_COULD_NOT_TELL;
        _cleanup_strv_ char **releases = pending_take(sys);
        for (char **release = releases; release && *release && !apply_interrupted(); release++) {
                bool tried = false;
                status = exit_worse(status, prepare(sys, *release, all, &tried));
                if (tried)
                        status = exit_worse(status, drop(sys, *release));
        }
        return status;
}

const struct verb verb_run_pending = {
        .name = "run-pending",
        .usage = "",
        .summary = "when the package system is done, prepare the kernels in " PENDING,
        .needs_root = true,
        .run = run_pending,
};
