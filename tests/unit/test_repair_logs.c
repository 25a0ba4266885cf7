/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run logs of others, locks, exit statuses: nothing stands still for them. */
#include "tests/unit/two_files.h"

/* Whoever may write the tree of --root may put anything where a log is looked for. */
static void test_fifo_for_a_log(void **state)
{
        struct scratch s;
        (void)state;
        start(&s);
        assert_int_equal(sys_mkdirs(&s.sys, RUNLOG_DIR, 0700), 0);
        assert_int_equal(mkfifo(scratch_path(&s, RUNLOG_DIR "/x.jsonl"), 0600), 0);
        alarm(10);
        _cleanup_recovery_ struct recovery recovery = { 0 };
        assert_int_equal(recover_needed(&s.sys, NULL), 1);
        assert_int_equal(recover_all(&s.sys, -1, &recovery, NULL), 0);
        assert_non_null(strstr(recovery.skipped[0], "x.jsonl"));
        alarm(0);
        scratch_close(&s);
}

static void test_history_of_a_hostile_log(void **state)
{
        struct scratch s;
        char *text = NULL;
        size_t len = 0;
        (void)state;
        start(&s);
        scratch_write(&s, RUNLOG_DIR "/x.jsonl",
                      "{\"event\":\"begin\",\"time\":9223372036854775807}\n"
                      "{\"event\":\"intent\",\"step\":1,\"kind\":\"write-file\",\"undo\":{},"
                      "\"target\":\"/\\u001b[31m\\u009b0m\"}\n");
        FILE *to = open_memstream(&text, &len);
        assert_int_equal(history_print(&s.sys, false, to, NULL), 0);
        fclose(to);
        assert_non_null(strstr(text, "/?[31m??0m\n"));
        assert_null(strchr(text, '\033'));
        free(text);
        scratch_close(&s);
}

static void test_fifo_below_a_rehearsal(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/upper/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
        scratch_parents(&s, "/lower/etc/passwd");
        assert_int_equal(mkfifo(scratch_path(&s, "/lower/etc/passwd"), 0600), 0);
        struct layer layer = { .mountpoint = (char *)"/",
                               .lower_fd = sys_openat(&s.sys, "/lower", O_RDONLY, 0),
                               .upper_fd = sys_openat(&s.sys, "/upper", O_RDONLY, 0) };
        struct copy copy = { .layers = &layer, .n = 1 };
        alarm(10);
        _cleanup_strv_ char **lines = rehearse_changes(&copy);
        alarm(0);
        assert_non_null(lines);
        assert_non_null(strstr(lines[0], "root"));
        close(layer.lower_fd);
        close(layer.upper_fd);
        scratch_close(&s);
}

/* Bookkeeping that each repair touches is nothing that a rehearsal tells. */
static void test_what_a_rehearsal_tells(void **state)
{
        static const char *const told[] = { "/opt/x", "/etc/y", "/var/lib/secep-other/z" };
        static const char *const untold[] = {
                "/var/lib/secep/a", "/var/cache/b", "/var/log/c", "/tmp/d",
                "/var/tmp/e",       "/run/f",       "/dev/g"
        };
        struct scratch s;
        (void)state;
        scratch_open(&s);
        for (size_t i = 0; i < ARRAY_SIZE(told) + ARRAY_SIZE(untold); i++) {
                bool tells = i < ARRAY_SIZE(told);
                const char *path = tells ? told[i] : untold[i - ARRAY_SIZE(told)];
                _cleanup_free_ char *up = xasprintf("/upper%s", path);
                _cleanup_free_ char *low = xasprintf("/lower%s", path);
                scratch_write(&s, up, "");
                scratch_parents(&s, low);
        }
        struct layer layer = { .mountpoint = (char *)"/",
                               .lower_fd = sys_openat(&s.sys, "/lower", O_RDONLY, 0),
                               .upper_fd = sys_openat(&s.sys, "/upper", O_RDONLY, 0) };
        struct copy copy = { .layers = &layer, .n = 1 };
        _cleanup_strv_ char **lines = rehearse_changes(&copy);
        assert_int_equal(strv_length(lines), ARRAY_SIZE(told));
        assert_string_equal(lines[0], "added /etc/y");
        assert_string_equal(lines[1], "added /opt/x");
        assert_string_equal(lines[2], "added /var/lib/secep-other/z");
        close(layer.lower_fd);
        close(layer.upper_fd);
        scratch_close(&s);
}

/* A restart that was cut off, found from outside: nobody can say, and nothing stands still for it.
 */
static void test_live_step_of_a_root_that_stands_still(void **state)
{
        struct scratch s;
        _cleanup_free_ char *id = NULL, *why = NULL;
        _cleanup_recovery_ struct recovery recovery = { 0 };
        (void)state;
        start(&s);
        assert_int_equal(run(&s, &id), 0);
        cut(&s, id, 5, 0);
        _cleanup_free_ char *path = xasprintf("%s/%s.jsonl", RUNLOG_DIR, id);
        FILE *f = fopen(scratch_path(&s, path), "a");
        fputs("{\"event\":\"intent\",\"step\":3,\"fault\":5,\"kind\":\"restart-service\","
              "\"target\":\"x.service\",\"key\":\"\",\"value\":\"\",\"undo\":{}}\n",
              f);
        fclose(f);
        assert_int_equal(recover_all(&s.sys, -1, &recovery, &why), 0);
        assert_int_equal(recover_needed(&s.sys, NULL), 0);
        scratch_close(&s);
}

static void test_lock(void **state)
{
        struct scratch s;
        _cleanup_free_ char *why = NULL;
        (void)state;
        scratch_open(&s);
        _cleanup_close_ int held = lock_take(&s.sys, NULL);
        assert_true(held >= 0);
        s.sys.deadline = now_ms() + 120;
        int64_t start_ms = now_ms();
        assert_int_equal(lock_take(&s.sys, &why), -EAGAIN);
        assert_true(now_ms() - start_ms >= 100);
        _cleanup_free_ char *holder =
                xasprintf("%s (pid %d)", program_invocation_short_name, getpid());
        assert_non_null(strstr(why, holder));
        scratch_close(&s);
}

static void test_exit_status(void **state)
{
        static const struct {
                enum verdict a, b;
                int status;
        } rows[] = {
                { VERDICT_OK, VERDICT_NOT_APPLICABLE, 0 }, { VERDICT_OK, VERDICT_BLOCKED, 4 },
                { VERDICT_BLOCKED, VERDICT_UNKNOWN, 3 },   { VERDICT_UNKNOWN, VERDICT_FAULT, 1 },
                { VERDICT_FAULT, VERDICT_BLOCKED, 1 },     { VERDICT_UNKNOWN, VERDICT_OK, 3 },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct report report = { 0 };
                report_add(&report, &fault)->after.verdict = rows[i].a;
                report_add(&report, &fault)->after.verdict = rows[i].b;
                assert_int_equal(report_exit(&report), rows[i].status);
                report_free(&report);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_fifo_for_a_log),
                cmocka_unit_test(test_history_of_a_hostile_log),
                cmocka_unit_test(test_fifo_below_a_rehearsal),
                cmocka_unit_test(test_what_a_rehearsal_tells),
                cmocka_unit_test(test_live_step_of_a_root_that_stands_still),
                cmocka_unit_test(test_lock),
                cmocka_unit_test(test_exit_status),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
