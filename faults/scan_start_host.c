/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7: what of the host keeps the scan process from starting. */
#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <time.h>

#include "lib/i18n.h"
#include "connector/connector.h"
#include "connector/paths.h"
#include "connector/scan_log.h"
#include "connector/signatures.h"
#include "faults/past.h"
#include "faults/scan_start.h"
#include "host/memory.h"

#define DISK_NEEDED 1500000000LL /* the vendor's figure for /opt/cisco */
#define RECURRING_DAYS 30
#define DAY ((time_t)24 * 3600)
#define MIB (1 << 20)

/* An executable file that nothing can be executed of: a power cut leaves one without bytes, or of zeros,
 * and its file system may forbid it (of a root that stands still that is how it is mounted now, not how
 * it will be). true: the finding is set. */
static bool program_hollow(const struct sys *sys, const char *program, struct finding *f)
{
        _cleanup_close_ int fd = sys_openat_nolinks(sys, program, O_RDONLY | O_NONBLOCK, 0);
        struct statvfs v;
        char first = '\0';

        if (fd < 0 || pread(fd, &first, 1, 0) < 0) {
                finding_unknown(f, fd < 0 ? fd : -EIO, "%s: %s", program,
                                error_text(fd < 0 ? -fd : EIO));
                return true;
        }
        if (!first) {
                finding_evidence(f, program, "empty, or begins with zeros", "an executable file");
                finding_set(f, VERDICT_BLOCKED, "program-missing", "%s holds no program", program);
                return true;
        }
        if (!sys->live || fstatvfs(fd, &v) < 0 || !(v.f_flag & ST_NOEXEC))
                return false;
        finding_evidence(f, program, "on a file system mounted noexec", "may be executed");
        finding_set(f, VERDICT_BLOCKED, "program-missing",
                    "%s cannot be executed: its file system is mounted noexec", program);
        finding_do(f, DO_PERSON, "mount the file system of %s without noexec", program);
        return true;
}

/* true: the finding is set. */
static bool program_missing(const struct sys *sys, struct finding *f)
{
        const char *program = connector_path(sys, PATH_SCANNER);
        struct stat st;
        int r = sys_lstat_nolinks(sys, program, &st);

        if (r == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111))
                return program_hollow(sys, program, f);
        if ((r == 0 && S_ISLNK(st.st_mode)) || r == -ELOOP) {
                finding_unknown(f, -ELOOP, "%s: a symlink is on the way, not followed", program);
                return true;
        }
        finding_evidence(f, program,
                         r == 0 ? (S_ISREG(st.st_mode) ? "not executable" : "not a regular file")
                                : error_text(-r),
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
        finding_detail(f);
        finding_set(f, VERDICT_BLOCKED, "disk-low",
                    "%s free on the file system of %s, 1500 MB needed", found, CONNECTOR_TOP);
        return true;
}

static void bad_evidence(struct finding *f, const struct signature *s)
{
        _cleanup_free_ char *what =
                xasprintf(_("%s (version %ld, MD5 %s)"), s->path, s->header.version,
                          *s->md5 ? s->md5 : _("not summed"));

        finding_evidence(f, what, s->wrong, "a whole signature file");
}

static const struct signature *first_in(const struct signatures *all, enum signature_state state)
{
        for (size_t i = 0; i < all->n; i++)
                if (all->files[i].state == state)
                        return &all->files[i];
        return NULL;
}

/* Only what is proved bad is moved. */
static void learn_bad(const struct sys *sys, const struct signatures *all, struct finding *f)
{
        for (size_t i = 0; sys->depth == DEPTH_PROVE && i < all->n; i++)
                if (all->files[i].state == SIGNATURE_BAD)
                        scan_start_learn(f, all->files[i].path, &all->files[i].st);
}

/* Moved away lately, and there again? A run that began when this file was there already is none that it
 * came back after: that one may have had time for another file alone. */
static bool came_back(const struct sys *sys, const struct stat *st, struct finding *f)
{
        time_t since = time(NULL) - RECURRING_DAYS * DAY;
        int all = past_episodes(sys, 7, STEP_MOVE_FILE, ".cvd", since, f);

        if (all == 0 || !st->st_ctime)
                return all > 0;
        return st->st_ctime >= since &&
               all > past_episodes(sys, 7, STEP_MOVE_FILE, ".cvd", st->st_ctime + 1, NULL);
}

static const struct signature *bad_again(const struct sys *sys, const struct signatures *all,
                                         struct finding *f)
{
        for (size_t i = 0; i < all->n; i++) {
                if (all->files[i].state != SIGNATURE_BAD)
                        continue;
                if (came_back(sys, &all->files[i].st, f))
                        return &all->files[i];
                f = NULL; /* what it notes of the logs is the same for each */
        }
        return NULL;
}

static void recurring(const struct signature *bad, struct finding *f)
{
        const char *md5 = *bad->md5 ? bad->md5 : _("not summed");

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

        if (all->note)
                finding_note(f, "%s", all->note);
        for (size_t i = 0; i < all->n; i++)
                if (all->files[i].state == SIGNATURE_BAD)
                        bad_evidence(f, &all->files[i]);
        if (!bad)
                return unknown ? finding_unknown(f, -EIO, "%s: %s", unknown->path, unknown->wrong)
                               : 0;
        const struct signature *again = bad_again(sys, all, f);
        if (again) {
                recurring(again, f);
                return 1;
        }
        finding_set(f, VERDICT_FAULT, "signatures-invalid", "%s: %s", bad->path, bad->wrong);
        learn_bad(sys, all, f);
        return 1;
}

static bool is_cvd(const char *path)
{
        const char *dot = strrchr(path, '.');

        return dot && streq(dot, ".cvd");
}

/* What the scan process itself said of a file outweighs that it looks whole. 1: *F is set, 0, or
 * -errno where the log cannot be read. */
static int unloadable(const struct sys *sys, struct finding *f)
{
        _cleanup_scan_unloadable_ struct scan_unloadable u = { 0 };
        struct stat st = { 0 }; /* gone: any move of late counts */
        int r = scan_unloadable_read(sys, &u);

        if (r < 0)
                return finding_unknown(f, r, "%s: %s", connector_path(sys, PATH_SCAN_LOG),
                                       sys_why(r));
        if (!u.path)
                return 0;
        (void)sys_lstat_nolinks(sys, u.path, &st);
        finding_evidence(f, u.path, u.line, "loaded");
        if (!is_cvd(u.path)) {
                finding_set(f, VERDICT_BLOCKED, "signatures-unloadable",
                            "the scan process could not load %s: %s", u.path, u.line);
                finding_do(f, DO_PERSON,
                           "report %s to the connector's support; where it is not the "
                           "connector's, move it out of its folder",
                           u.path);
        } else if (came_back(sys, &st, f)) {
                finding_set(f, VERDICT_BLOCKED, "signatures-recurring",
                            "%s could not be loaded, for the second time in %d days", u.path,
                            RECURRING_DAYS);
        } else {
                finding_set(f, VERDICT_FAULT, "signatures-unloadable",
                            "the scan process could not load %s: %s", u.path, u.line);
                /* the log's word alone is against it */
                if (st.st_ctime)
                        scan_start_learn(f, u.path, &st);
        }
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
        finding_detail(f);
        finding_evidence(f, "processes using most memory", holders, NULL);
        finding_set(f, VERDICT_BLOCKED, "memory-low",
                    "%s of memory available, the signature set needs %s; most of it is used by %s",
                    found, expected, holders);
        return true;
}

int scan_start_host(const struct sys *sys, struct finding *f)
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
        r = unloadable(sys, f);
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
