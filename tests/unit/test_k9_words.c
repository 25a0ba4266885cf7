/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connector's own words in its scan log, and names in it that are no word of its. */
#include "scratch.h"

#include <errno.h>
#include <time.h>
#include <utime.h>

#include "connector/crashes.h"
#include "connector/scan_log.h"

#define LOG "/var/log/cisco/ampscansvc.log"

static const struct {
        const char *line;
        bool crash, dated;
} lines[] = {
        { "crash: signal 11 while scanning /home/u/evil.docx", true, false },
        { "2026-11-28 03:04:05 ERROR scanner crashed, pid 7", true, true },
        { "[2026-11-28T03:04:05] child ended by signal 6", true, true },
        { "Nov 28 03:04:05 host ampscansvc[7]: Segmentation fault", true, true },
        { "scanned /tmp/crash: signal 11.docx: clean", false, false },
        { "signal 15 received, ending", false, false },
        { "signal 1 received: configuration read again", false, false },
        { "", false, false },
};

static void tells_crashes_from_names(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
                int64_t when = 0;
                assert_int_equal(scan_log_crash(lines[i].line, &when), lines[i].crash);
                assert_int_equal(when != 0, lines[i].dated);
        }
}

static void an_undated_line_counts_by_its_file(void **state)
{
        (void)state;
        struct scratch s;
        struct scan_log log;
        int64_t now = time(NULL);
        scratch_open(&s);
        for (int old = 0; old < 2; old++) {
                struct utimbuf times = { now - 3600, now - 3600 };
                scratch_write(&s, LOG,
                              "crash: signal 11 while scanning /a\nscanned /b\n"
                              "crash: signal 11 while scanning /a\n");
                if (old)
                        assert_int_equal(utime(scratch_path(&s, LOG), &times), 0);
                scan_log_read(&s.sys, now - 600, &log);
                assert_int_equal(log.undated, old ? 0 : 2);
                assert_int_equal(log.crashes, 0);
        }
        scratch_close(&s);
}

#define DIR "/opt/cisco/amp"

static const struct {
        const char *line, *path;
} loads[] = {
        { "LibClamAV Error: Can't load " DIR "/clamav/a.ndb: Malformed database",
          DIR "/clamav/a.ndb" },
        { "LibClamAV Error: cli_loaddbdir: error loading database " DIR "/clamav/a.ldb",
          DIR "/clamav/a.ldb" },
        { "2026-11-28 03:04:05 ERROR could not load \"" DIR "/x y.hdb\".", DIR "/x y.hdb" },
        { "failed to load signatures: " DIR "/main.cld: no memory", DIR "/main.cld" },
        { "Unable to load " DIR "/a.cvd", DIR "/a.cvd" },
        { "loaded " DIR "/a.cvd", NULL },
        { "scanned /home/u/can't load " DIR "/a.cvd", NULL },
        { "Can't load /etc/a.cvd", NULL },
        { "Can't load " DIR "/../../etc/a.cvd", NULL },
        { "Can't load " DIR "-other/a.cvd", NULL },
        { "Can't load " DIR "/etc/policy.xml: bad", NULL },
        { "Can't load " DIR "/clamav/tmp.1f/a.cvd: half", NULL },
        { "Can't load " DIR "/a.cvd/b", NULL },
        { "LibClamAV Warning: cli_loadyara: failed to parse or load 1 yara rules from file " DIR
          "/a.yar, successfully loaded 3 rules.",
          NULL },
        { "Can't load ", NULL },
};

static void tells_what_could_not_be_loaded(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(loads); i++) {
                _cleanup_free_ char *path = NULL;
                assert_int_equal(scan_log_unloadable(loads[i].line, DIR, &path),
                                 loads[i].path != NULL);
                if (loads[i].path)
                        assert_string_equal(path, loads[i].path);
        }
}

/* A file written after the line is another than it tells of; so is a link laid in its place. */
static void the_file_named_is_the_one_there(void **state)
{
        struct utimbuf old = { time(NULL) - 3600, time(NULL) - 3600 };
        struct scratch s;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, DIR "/new.ndb", "x");
        scratch_write(&s, DIR "/old.ndb", "x");
        scratch_write(&s, "/etc/target.ndb", "x");
        assert_int_equal(symlink("/etc/target.ndb", scratch_path(&s, DIR "/link.ndb")), 0);
        assert_int_equal(utime(scratch_path(&s, DIR "/old.ndb"), &old), 0);
        scratch_write(&s, LOG,
                      "2001-01-01 00:00:00 Can't load " DIR "/old.ndb: too early\n"
                      "Can't load " DIR "/old.ndb: the reason\n"
                      "error loading database " DIR "/old.ndb\n"
                      "2001-01-01 00:00:00 Can't load " DIR "/new.ndb: another one\n"
                      "Can't load " DIR "/gone.ndb: gone\n"
                      "Can't load " DIR "/link.ndb: a link\n");
        _cleanup_scan_unloadable_ struct scan_unloadable u = { 0 };
        scan_unloadable_read(&s.sys, &u);
        assert_string_equal(u.path, DIR "/old.ndb");
        assert_non_null(strstr(u.line, "the reason"));
        scratch_close(&s);
}

/* Anybody's program may be called like the scanner; its core carries his uid. */
static void cores_of_other_users_are_not_the_scanners(void **state)
{
        (void)state;
        struct scratch s;
        struct crashes *all = xcalloc(1, sizeof(*all));
        int64_t now = time(NULL);
        static const struct {
                unsigned uid;
                size_t n;
        } rows[] = { { 1000, 0 }, { 990, 1 }, { 0, 1 }, { 65534, 0 } };
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *unread = NULL;
                char path[200];
                scratch_open(&s);
                scratch_write(&s, "/etc/passwd",
                              "cisco-amp-scan-svc:x:990:989::/nonexistent:/sbin/nologin\n");
                scratch_write(&s, "/etc/group", "cisco-amp-scan-svc:x:989:\n");
                snprintf(path, sizeof(path),
                         "/var/lib/systemd/coredump/core.ampscansvc.%u.0123abcd.77.%lld000000.zst",
                         rows[i].uid, (long long)now);
                scratch_write(&s, path, "");
                assert_int_equal(crashes_read(&s.sys, "/opt/cisco/amp/bin/ampscansvc", now - 600,
                                              all, &unread),
                                 0);
                assert_int_equal(all->n, rows[i].n);
                scratch_close(&s);
        }
        free(all);
}

/* A source that is there and cannot be read is named; the other is read all the same. */
static void an_unread_source_is_named(void **state)
{
        struct scratch s;
        struct crashes *all = xcalloc(1, sizeof(*all));
        const char *unread = NULL;
        int64_t now = time(NULL);
        char path[200];
        (void)state;
        scratch_open(&s);
        snprintf(path, sizeof(path),
                 "/var/lib/systemd/coredump/core.ampscansvc.0.0123abcd.77.%lld000000.zst",
                 (long long)now);
        scratch_write(&s, path, "");
        scratch_parents(&s, "/var/log/audit/audit.log");
        assert_int_equal(mkfifoat(s.sys.root_fd, "var/log/audit/audit.log", 0600), 0);
        assert_int_equal(
                crashes_read(&s.sys, "/opt/cisco/amp/bin/ampscansvc", now - 600, all, &unread),
                -EINVAL);
        assert_string_equal(unread, "/var/log/audit/audit.log");
        assert_int_equal(all->n, 1);
        scratch_close(&s);
        free(all);
}

/* Nor do audit records of his. */
static void audit_records_carry_the_uid(void **state)
{
        (void)state;
        struct crash_seen one;
        assert_int_equal(crash_parse_audit("type=ANOM_ABEND msg=audit(1700000000.1:2): auid=5 "
                                           "uid=1000 gid=1 pid=9 comm=\"a\" exe=\"/x\" sig=11",
                                           "/x", &one),
                         0);
        assert_int_equal(one.uid, 1000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_unread_source_is_named),
                cmocka_unit_test(tells_what_could_not_be_loaded),
                cmocka_unit_test(the_file_named_is_the_one_there),
                cmocka_unit_test(tells_crashes_from_names),
                cmocka_unit_test(an_undated_line_counts_by_its_file),
                cmocka_unit_test(cores_of_other_users_are_not_the_scanners),
                cmocka_unit_test(audit_records_carry_the_uid),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
