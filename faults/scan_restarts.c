/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 6: the scan service restarts frequently. */
#include <errno.h>
#include <time.h>

#include "connector/connector.h"
#include "connector/ampcli.h"
#include "connector/crashes.h"
#include "connector/paths.h"
#include "connector/scan_log.h"
#include "faults/gate.h"
#include "faults/scan_restarts.h"
#include "lib/conf.h"
#include "lib/i18n.h"

#define LIMIT_DEFAULT 3
#define WITH_DAEMON_MS 60000

struct scan {
        struct process daemon, scanner; /* pid 0: does not run */
        struct crashes crashes;         /* of the last ten minutes */
        struct scan_log log;            /* crashes its log tells of, under this daemon */
        int64_t now, daemon_started;    /* seconds of the epoch */
        int64_t quiet;                  /* seconds without a failure that clear it */
        struct scan_starts starts;      /* by the monitor's history */
        bool history;                   /* there is one */
        const char *unread;             /* what tells of crashes and could not be read */
        int unread_error;               /* why, -errno; 0: all was read */
        bool came_later;                /* the scan process is clearly younger than the daemon */
};

static int newest(const struct sys *sys, enum connector_path program, struct process *out,
                  struct finding *f)
{
        _cleanup_free_ struct process *found = NULL;
        _cleanup_free_ char *why = NULL;
        size_t n = 0;
        int r = process_find(sys, connector_path(sys, program), &found, &n, &why);

        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        if (n > 0)
                *out = found[n - 1];
        return 0;
}

/* The beginning of what counts against the daemon that runs now. */
static int64_t since_daemon(const struct scan *scan)
{
        int64_t since = scan->now - scan->quiet;
        return scan->daemon_started > since ? scan->daemon_started : since;
}

static void scan_crashes(const struct sys *sys, const char *program, struct scan *scan)
{
        int64_t since = scan->now - scan->quiet;
        int r = 0;

        scan->unread_error = crashes_read(sys, program, since, &scan->crashes, &scan->unread);
        if (sys->depth == DEPTH_PROVE)
                r = crashes_read_journal(sys, program, since, &scan->crashes);
        if (r < 0 && scan->unread_error == 0) {
                scan->unread_error = r;
                scan->unread = "journal";
        }
}

static int scan_read(const struct sys *sys, struct scan *scan, struct finding *f)
{
        const char *program = connector_path(sys, PATH_SCANNER);
        int r = newest(sys, PATH_DAEMON, &scan->daemon, f);

        if (r == 0)
                r = newest(sys, PATH_SCANNER, &scan->scanner, f);
        if (r < 0)
                return r;
        scan->now = time(NULL);
        scan->quiet = scan_quiet_seconds(sys);
        /* whole seconds, here and in what tells of crashes */
        scan->daemon_started = scan->now - process_age_ms(&scan->daemon) / 1000 - 1;
        scan_crashes(sys, program, scan);
        r = scan_log_read(sys, since_daemon(scan), &scan->log);
        if (r < 0)
                return finding_unknown(f, r, "%s: %s", connector_path(sys, PATH_SCAN_LOG),
                                       sys_why(r));
        scan->history =
                scan_starts_read(sys, &scan->daemon, scan->now - scan->quiet, &scan->starts) == 0;
        scan->came_later =
                scan->scanner.pid && scan->scanner.start > scan->daemon.start + WITH_DAEMON_MS;
        return 0;
}

/* Lines of the log without a time say that there were crashes and not when: where the monitor saw
 * each start, that is counted. */
static bool counts_undated(const struct scan *scan)
{
        return scan->log.undated > 0 && !scan->history;
}

/* Failures under the daemon that runs now: a crash evidence tells, or a start the monitor saw. */
static int failures(const struct scan *scan)
{
        int n = (int)crashes_since(&scan->crashes, since_daemon(scan));

        int told = scan->log.crashes + (counts_undated(scan) ? scan->log.undated : 0);
        n = told > n ? told : n;
        return n > scan->starts.count ? n : scan->starts.count;
}

/* Seconds of the epoch of the last failure or late start in the last ten minutes, 0: none. */
static int64_t last_restart(const struct scan *scan)
{
        int64_t started = scan->now - process_age_ms(&scan->scanner) / 1000;
        int64_t last = scan->crashes.n ? scan->crashes.seen[scan->crashes.n - 1].when : 0;

        if (scan->starts.last > last)
                last = scan->starts.last;
        if (scan->log.last > last)
                last = scan->log.last;
        if (counts_undated(scan) && scan->log.written > last)
                last = scan->log.written;
        if (scan->came_later && started > scan->now - scan->quiet && started > last)
                last = started;
        return last;
}

static bool crashed(const struct scan *scan)
{
        return scan->crashes.n > 0 || scan->log.crashes > 0 || scan->log.undated > 0;
}

static void clock_text(int64_t when, char text[16])
{
        time_t t = when;
        struct tm tm;

        strftime(text, 16, "%H:%M:%S", localtime_r(&t, &tm));
}

static void scan_evidence(const struct sys *sys, const struct scan *scan, struct finding *f)
{
        char text[64], clock[16];

        for (size_t i = 0; i < scan->crashes.n && i < 5; i++) {
                clock_text(scan->crashes.seen[i].when, clock);
                snprintf(text, sizeof(text), "pid %d, %s", scan->crashes.seen[i].pid, clock);
                finding_evidence(f, scan->crashes.seen[i].source, text, NULL);
        }
        if (scan->log.crashes + scan->log.undated) {
                snprintf(text, sizeof(text), "%d%s", scan->log.crashes + scan->log.undated,
                         scan->log.undated ? _(", not all with a time") : "");
                finding_evidence(f, "crashes in the scan log", text, "0");
        }
        if (scan->history) {
                snprintf(text, sizeof(text), "%d", scan->starts.count);
                finding_evidence(f, "new scan processes, by the monitor's history", text, "0");
        } else {
                finding_note(f,
                             "there is no history of the monitor: restarts without a core dump or "
                             "an audit record are seen one at a time%s",
                             sys->depth == DEPTH_PROVE ? "" : _("; --prove asks the journal too"));
        }
}

static int judge(const struct sys *sys, const struct scan *scan, struct finding *f)
{
        long limit = conf_long(sys, "ScanRestartLimit", LIMIT_DEFAULT);
        int n = failures(scan);
        int64_t last = last_restart(scan);
        char clock[16];

        scan_evidence(sys, scan, f);
        if (n >= limit && crashed(scan))
                return finding_set(f, VERDICT_FAULT, "crash-loop",
                                   "the scan process crashed and was restarted %d times within "
                                   "%lld s",
                                   n, (long long)scan->quiet);
        if (n >= limit)
                return finding_set(f, VERDICT_FAULT, "crash-loop",
                                   "the scan process was restarted %d times within %lld s, reason "
                                   "not known",
                                   n, (long long)scan->quiet);
        /* the monitor's history sees each start, whatever tells of the crash */
        if (last == 0 && scan->unread_error < 0 && !scan->history)
                return finding_unknown(f, scan->unread_error, "%s: %s", scan->unread,
                                       sys_why(scan->unread_error));
        if (last == 0)
                return finding_set(f, VERDICT_OK, NULL,
                                   "no restart of the scan process in the last ten minutes");
        clock_text(last + scan->quiet, clock);
        if (crashed(scan))
                return finding_set(f, VERDICT_FAULT, "settling",
                                   "the scan process crashed %lld s ago: cleared at %s, unless it "
                                   "fails again",
                                   (long long)(scan->now - last), clock);
        return finding_set(
                f, VERDICT_FAULT, "settling",
                "the scan process was restarted %lld s ago, reason not known: cleared at "
                "%s, unless it fails again",
                (long long)(scan->now - last), clock);
}

/* The connector's own 6 outweighs that nothing here tells of a crash. */
static int judge_word(const struct sys *sys, struct finding *f)
{
        _cleanup_ampcli_ struct ampcli_status status = { 0 };

        if (sys->depth != DEPTH_PROVE || f->verdict != VERDICT_OK ||
            connector_may_run(sys, NULL) < 0 || ampcli_ask(sys, &status, NULL) < 0 ||
            !ampcli_fault(&status, 6))
                return 0;
        finding_evidence(f, "ampcli status", "fault 6", "no fault 6");
        finding_detail(f);
        return finding_set(f, VERDICT_FAULT, "crash-loop",
                           "the connector says that its scan process restarts frequently");
}

static int scan_restarts_probe(const struct sys *sys, struct finding *f)
{
        _cleanup_free_ struct scan *scan = xcalloc(1, sizeof(*scan));
        int r = connector_judged_live(sys, N_("applies to a running system only"), f);
        if (r <= 0)
                return r;
        r = scan_read(sys, scan, f);
        if (r < 0)
                return r;
        if (!scan->daemon.pid && connector_active(sys) == 1)
                return finding_unknown(f, -EAGAIN, "%s is active, and its daemon does not run yet",
                                       connector_path(sys, PATH_SERVICE));
        if (!scan->daemon.pid)
                return finding_set(
                        f, VERDICT_NOT_APPLICABLE, NULL,
                        "the connector's daemon is not running, so nothing is restarted");
        r = judge(sys, scan, f);
        return r < 0 ? r : judge_word(sys, f);
}

extern const struct fault fault_scan_restarts;
const struct fault fault_scan_restarts = {
        .id = 6,
        .slug = "scan-restarts",
        .summary = N_("Scan service restarting frequently"),
        .only_proved = true, /* the journal tells of crashes that left no core file */
        .probe = scan_restarts_probe,
        .plan = scan_restarts_plan,
};
