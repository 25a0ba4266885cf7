/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7: the scan service failed to start; no file is scanned while it holds. */
#include <errno.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "connector/signatures.h"
#include "faults/gate.h"
#include "faults/scan_start.h"
#include "host/process.h"
#include "host/service.h"
#include "host/unit_ask.h"
#include "lib/wait.h"
#include "lib/i18n.h"

#define START_MS 15000  /* a daemon this young may not have started its scan process yet */
#define SETTLED_MS 3000 /* a scan process this old did not fall over its signatures at once */
#define WAIT_MS 200

enum scanner { SCANNER_NONE, SCANNER_YOUNG, SCANNER_RUNS };

/* What is there of it, said in F where it runs; -errno: could not tell. */
static int scanner_look(const struct sys *sys, struct finding *f)
{
        _cleanup_free_ struct process *p = NULL;
        _cleanup_free_ char *why = NULL;
        size_t n = 0;
        int r = process_find(sys, connector_path(sys, PATH_SCANNER), &p, &n, &why);

        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        if (n == 0)
                return SCANNER_NONE;
        if (process_age_ms(&p[n - 1]) < SETTLED_MS)
                return SCANNER_YOUNG;
        finding_set(f, VERDICT_OK, NULL, "the scan process is running (pid %d, uid %u)",
                    p[n - 1].pid, (unsigned)p[n - 1].uid);
        return SCANNER_RUNS;
}

/* Milliseconds since the daemon started, -1 where it does not run. */
static int64_t daemon_age(const struct sys *sys)
{
        _cleanup_free_ struct process *p = NULL;
        size_t n = 0;

        if (process_find(sys, connector_path(sys, PATH_DAEMON), &p, &n, NULL) < 0 || n == 0)
                return -1;
        return process_age_ms(&p[n - 1]);
}

/* 1: it should run; 0: it should not, said in F; -errno: could not tell. A unit that was started and
 * failed should, enabled or not. ENDED: what scan_start_failed() says. */
static int should_run(const struct sys *sys, int ended, struct finding *f)
{
        const char *unit = connector_path(sys, PATH_SERVICE);
        int active = service_active(sys, unit);
        int enabled = service_enabled(sys, unit);

        if (active == 1 || daemon_age(sys) >= 0)
                return 1;
        if (active < 0 && active != -ESRCH)
                return finding_unknown(f, active, "%s: %s", unit, error_text(-active));
        if (enabled == 1 || ended == 1)
                return 1;
        if (ended < 0 && ended != -ESRCH)
                return finding_unknown(f, ended,
                                       "%s is not running, and systemd did not say whether it "
                                       "failed: %s",
                                       unit, error_text(-ended));
        return finding_set(f, VERDICT_NOT_APPLICABLE, NULL,
                           enabled == -EACCES ? "%s is masked and not running"
                                              : "%s is not enabled and not running",
                           unit);
}

static bool daemon_is_young(const struct sys *sys)
{
        int64_t age = daemon_age(sys);

        return age >= 0 && age < START_MS;
}

/* A scan process that has just started is given the time to fall over. */
static int scanner_settle(const struct sys *sys, struct finding *f)
{
        int64_t end = now_ms() + (int64_t)2 * SETTLED_MS;
        struct wait wait = { 0 };
        int r = scanner_look(sys, f);

        while (sys->depth == DEPTH_PROVE && r == SCANNER_YOUNG && now_ms() < end &&
               wait_pause(sys, &wait, _("the scan process to settle"), WAIT_MS, NULL) == 0)
                r = scanner_look(sys, f);

        return r;
}

/* And a service that has, the time to start it. */
static int scanner_await(const struct sys *sys, struct finding *f)
{
        struct wait wait = { 0 };
        int r = scanner_look(sys, f);

        while ((r == SCANNER_NONE || r == SCANNER_YOUNG) && daemon_is_young(sys) &&
               wait_pause(sys, &wait, _("the scan process to start"), WAIT_MS, NULL) == 0)
                r = scanner_look(sys, f);

        return r;
}

/* What runs is ok, and a signature file that would not load next time still worth a word. */
static void prove_running(const struct sys *sys, struct finding *f)
{
        _cleanup_signatures_ struct signatures all = { 0 };

        if (signatures_read(sys, &all, NULL) < 0)
                return;
        for (size_t i = 0; i < all.n; i++)
                if (all.files[i].state == SIGNATURE_BAD)
                        finding_note(f, "%s: %s; it will not load at the next start",
                                     all.files[i].path, all.files[i].wrong);
        if (all.note)
                finding_note(f, "%s", all.note);
}

static int running(const struct sys *sys, struct finding *f)
{
        if (sys->depth == DEPTH_PROVE)
                prove_running(sys, f);
        return 0;
}

/* Nothing is wrong with the host: it may only be too early to say that it was not started. */
static int judge_early(const struct sys *sys, struct finding *f)
{
        int scanner = sys->depth == DEPTH_PROVE ? scanner_await(sys, f) : scanner_look(sys, f);

        if (scanner < 0)
                return scanner;
        if (scanner == SCANNER_RUNS)
                return running(sys, f);
        if (scanner == SCANNER_NONE && !daemon_is_young(sys))
                return 0;
        return finding_unknown(
                f, -EAGAIN,
                "too early to tell: the service or its scan process started only seconds ago");
}

static int probe_live(const struct sys *sys, struct finding *f)
{
        struct unit_end end = { .code = 0 };
        int scanner = scanner_settle(sys, f), ended, r;

        if (scanner < 0)
                return scanner;
        if (scanner == SCANNER_RUNS)
                return running(sys, f);
        ended = scan_start_failed(sys, &end);
        r = should_run(sys, ended, f);
        if (r <= 0)
                return r;
        r = scan_start_host(sys, f);
        if (r == 0 && f->verdict == VERDICT_FAULT && streq(f->cause, "not-started") && ended == 1)
                return scan_start_ended(sys, &end, f);
        if (r == 0 && f->verdict == VERDICT_FAULT && streq(f->cause, "not-started"))
                return judge_early(sys, f);
        return r;
}

static int scan_start_probe(const struct sys *sys, struct finding *f)
{
        int r = connector_judged(sys, f);
        if (r <= 0)
                return r;
        return sys->live ? probe_live(sys, f) : scan_start_host(sys, f);
}

extern const struct fault fault_scan_start;
const struct fault fault_scan_start = {
        .id = 7,
        .slug = "scan-start",
        .summary = N_("Scan service failed to start"),
        .only_proved = true, /* a look sums no signature file */
        .restarts = true,    /* its own steps do; the connector is asked afterwards */
        .probe = scan_start_probe,
        .plan = scan_start_plan,
};
