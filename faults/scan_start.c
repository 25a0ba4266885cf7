/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7: the scan service failed to start; no file is scanned while it holds. */
#include <errno.h>
#include <time.h>

#include "connector/ampcli.h"
#include "connector/connector.h"
#include "connector/paths.h"
#include "connector/signatures.h"
#include "faults/past.h"
#include "faults/gate.h"
#include "host/memory.h"
#include "host/process.h"
#include "host/service.h"
#include "lib/wait.h"
#include "lib/i18n.h"

#define DISK_NEEDED 1500000000LL /* the vendor's figure for /opt/cisco */
#define START_MS 15000           /* a daemon this young may not have started its scan process yet */
#define SETTLED_MS 3000 /* a scan process this old did not fall over its signatures at once */
#define WAIT_MS 200
#define RECURRING_DAYS 30
#define DAY ((time_t)24 * 3600)
#define QUARANTINE "/var/lib/secep/quarantine"
#define MIB (1 << 20)

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

/* 1: it should run; 0: it should not, said in F; -errno: could not tell. */
static int should_run(const struct sys *sys, struct finding *f)
{
        const char *unit = connector_path(sys, PATH_SERVICE);
        int active = service_active(sys, unit);
        int enabled = service_enabled(sys, unit);

        if (active == 1 || daemon_age(sys) >= 0)
                return 1;
        if (active < 0 && active != -ESRCH)
                return finding_unknown(f, active, "%s: %s", unit, strerror(-active));
        if (enabled == 1)
                return 1;
        finding_set(f, VERDICT_NOT_APPLICABLE, NULL, "%s is %s and not running", unit,
                    enabled == -EACCES ? "masked" : "not enabled");
        return 0;
}

static bool program_missing(const struct sys *sys, struct finding *f)
{
        const char *program = connector_path(sys, PATH_SCANNER);
        struct stat st;
        int r = sys_lstat_nolinks(sys, program, &st);

        if (r == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111))
                return false;
        finding_evidence(f, program,
                         r == 0 ? (S_ISREG(st.st_mode) ? "not executable" : "not a regular file")
                                : strerror(-r),
                         "an executable file");
        finding_set(f, VERDICT_BLOCKED, "program-missing", "%s is missing or not executable",
                    program);
        return true;
}

static bool disk_low(const struct sys *sys, struct finding *f)
{
        _cleanup_free_ char *found = NULL;
        int64_t there;

        if (disk_available(sys, CONNECTOR_TOP, &there) < 0 || there >= DISK_NEEDED)
                return false;
        found = xasprintf("%lld MB", (long long)there / 1000000);
        finding_evidence(f, "free on the file system of " CONNECTOR_TOP, found, "1500 MB");
        finding_set(f, VERDICT_BLOCKED, "disk-low",
                    "%s free on the file system of %s, 1500 MB needed", found, CONNECTOR_TOP);
        return true;
}

static void bad_evidence(struct finding *f, const struct signature *s)
{
        _cleanup_free_ char *what = xasprintf("%s (version %ld, MD5 %s)", s->path,
                                              s->header.version, *s->md5 ? s->md5 : "not summed");

        finding_evidence(f, what, s->wrong, "a whole signature file");
}

static const struct signature *first_in(const struct signatures *all, enum signature_state state)
{
        for (size_t i = 0; i < all->n; i++)
                if (all->files[i].state == state)
                        return &all->files[i];
        return NULL;
}

static void recurring(const struct signature *bad, struct finding *f)
{
        const char *md5 = *bad->md5 ? bad->md5 : "not summed";

        finding_set(f, VERDICT_BLOCKED, "signatures-recurring",
                    "%s: %s, for the second time in %d days", bad->path, bad->wrong,
                    RECURRING_DAYS);
        finding_do(f, DO_PERSON, "report %s, version %ld, MD5 %s to the connector's support",
                   bad->path, bad->header.version, md5);
}

/* 1: said in F; 0: nothing wrong with them; -errno: could not tell. */
static int signatures_wrong(const struct sys *sys, const struct signatures *all, struct finding *f)
{
        const struct signature *bad = first_in(all, SIGNATURE_BAD);
        const struct signature *unknown = first_in(all, SIGNATURE_UNKNOWN);
        time_t since = time(NULL) - RECURRING_DAYS * DAY;

        if (all->note)
                finding_note(f, "%s", all->note);
        for (size_t i = 0; i < all->n; i++)
                if (all->files[i].state == SIGNATURE_BAD)
                        bad_evidence(f, &all->files[i]);
        if (!bad)
                return unknown ? finding_unknown(f, -EIO, "%s: %s", unknown->path, unknown->wrong)
                               : 0;
        if (past_episodes(sys, 7, STEP_MOVE_FILE, ".cvd", since, f) > 0)
                recurring(bad, f);
        else
                finding_set(f, VERDICT_FAULT, "signatures-invalid", "%s: %s", bad->path,
                            bad->wrong);
        return 1;
}

static bool memory_low(const struct sys *sys, off_t size, struct finding *f)
{
        _cleanup_free_ char *found = NULL, *expected = NULL, *holders = NULL;
        int64_t there, needed = signatures_memory_needed(sys, size);

        if (memory_available(sys, &there) < 0 || there >= needed)
                return false;
        found = xasprintf("%lld MiB", (long long)there / MIB);
        expected = xasprintf("%lld MiB", (long long)needed / MIB);
        holders = memory_holders(sys);
        finding_evidence(f, "available memory", found, expected);
        finding_evidence(f, "processes using most memory", holders, NULL);
        finding_set(f, VERDICT_BLOCKED, "memory-low",
                    "%s of memory available, the signature set needs %s; most of it is used by %s",
                    found, expected, holders);
        return true;
}

/* Why it does not run, or would not. */
static int judge_host(const struct sys *sys, struct finding *f)
{
        _cleanup_signatures_ struct signatures all = { 0 };
        _cleanup_free_ char *why = NULL;
        int r;

        if (program_missing(sys, f) || disk_low(sys, f))
                return 0;
        r = signatures_read(sys, &all, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        r = signatures_wrong(sys, &all, f);
        if (r != 0)
                return r < 0 ? r : 0;
        if (!sys->live && sys->depth == DEPTH_LOOK && all.n > 0)
                return finding_set(f, VERDICT_NOT_ASKED, NULL,
                                   "program and disk are in order; whether the %zu signature "
                                   "file(s) are whole takes a proof",
                                   all.n);
        if (!sys->live)
                return finding_set(f, VERDICT_OK, NULL,
                                   "it would start: program, disk space and %zu signature file(s) "
                                   "are in order",
                                   all.n);
        if (memory_low(sys, all.size, f))
                return 0;
        return finding_set(f, VERDICT_FAULT, "not-started",
                           "the scan process is not running, though signatures, disk space and "
                           "memory are in order");
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
               wait_pause(sys, &wait, "the scan process to settle", WAIT_MS, NULL) == 0)
                r = scanner_look(sys, f);

        return r;
}

/* And a service that has, the time to start it. */
static int scanner_await(const struct sys *sys, struct finding *f)
{
        struct wait wait = { 0 };
        int r = scanner_look(sys, f);

        while ((r == SCANNER_NONE || r == SCANNER_YOUNG) && daemon_is_young(sys) &&
               wait_pause(sys, &wait, "the scan process to start", WAIT_MS, NULL) == 0)
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
        int scanner = scanner_settle(sys, f), r;

        if (scanner < 0)
                return scanner;
        if (scanner == SCANNER_RUNS)
                return running(sys, f);
        r = should_run(sys, f);
        if (r <= 0)
                return r;
        r = judge_host(sys, f);
        if (r == 0 && f->verdict == VERDICT_FAULT && streq(f->cause, "not-started"))
                return judge_early(sys, f);
        return r;
}

static int scan_start_probe(const struct sys *sys, struct finding *f)
{
        int r = connector_judged(sys, f);
        if (r <= 0)
                return r;
        return sys->live ? probe_live(sys, f) : judge_host(sys, f);
}

static void restart_add(const struct sys *sys, const char *unless_runs, struct plan *plan)
{
        if (sys->live)
                plan_add(plan, STEP_RESTART_SERVICE, connector_path(sys, PATH_SERVICE), unless_runs,
                         connector_path(sys, PATH_SCANNER));
}

/* The restart lets the connector drop the file itself: the move is for what it left. */
static void move_add(struct plan *plan, const struct signature *s, size_t index)
{
        _cleanup_free_ char *identity = signature_identity(&s->st);
        _cleanup_free_ char *to = NULL;
        struct timespec now; /* a run that was cut off may have moved it in this very second */

        clock_gettime(CLOCK_REALTIME, &now);
        to = xasprintf("%s/%lld.%09ld.%zu/%s", QUARANTINE, (long long)now.tv_sec, now.tv_nsec,
                       index, strrchr(s->path, '/') + 1);

        plan_add(plan, STEP_MOVE_FILE, s->path, identity, to);
}

static int scan_start_plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        _cleanup_signatures_ struct signatures all = { 0 };
        struct sys deep = *sys; /* only what is proved bad is moved */
        _cleanup_free_ char *why = NULL;
        size_t moved = 0;
        int r;

        restart_add(sys, NULL, plan);
        if (!streq(f->cause, "signatures-invalid"))
                return 0;
        deep.depth = DEPTH_PROVE;
        r = signatures_read(&deep, &all, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        for (size_t i = 0; i < all.n; i++) {
                if (all.files[i].state != SIGNATURE_BAD)
                        continue;
                if (S_ISDIR(all.files[i].st.st_mode)) {
                        finding_note(f, "%s is a directory: remove it by hand", all.files[i].path);
                        continue;
                }
                move_add(plan, &all.files[i], moved++);
        }
        if (moved)
                restart_add(sys, connector_path(sys, PATH_SCANNER), plan);
        return 0;
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
