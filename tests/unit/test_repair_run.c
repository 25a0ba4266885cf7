/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps done, cut off after any line of the run log, recovered, undone: on files, for real. */
#include <errno.h>
#include <fcntl.h>

#include "lib/json.h"
#include "lib/lock.h"
#include "repair/apply.h"
#include "repair/program.h"
#include "repair/recover.h"
#include "repair/rehearse.h"
#include "repair/rehearse_copy.h"
#include "repair/undo.h"
#include "tests/unit/scratch.h"

static char *const argv[] = { (char *)"secep-repair", NULL };
static const struct fault fault = { .id = 5, .slug = "test", .summary = "test" };

static struct outcome *plan_two_files(struct report *report)
{
        struct outcome *o = report_add(report, &fault);
        struct step one = { .kind = STEP_WRITE_FILE,
                            .target = (char *)"/etc/one",
                            .key = (char *)"",
                            .value = (char *)"new one\n" };
        struct step two = { .kind = STEP_WRITE_FILE,
                            .target = (char *)"/etc/two",
                            .key = (char *)"",
                            .value = (char *)"new two\n" };
        outcome_add_step(o, &one);
        outcome_add_step(o, &two);
        return o;
}

static int run(struct scratch *s, char **id)
{
        struct report report = { 0 };
        struct outcome *o = plan_two_files(&report);
        struct work work = { .sys = &s->sys, .argv = argv, .lock_fd = -1 };
        int r = apply_plan(&work, o);
        *id = work.log ? xstrdup(runlog_id(work.log)) : NULL;
        apply_end(&work, 0);
        report_free(&report);
        return r;
}

static void start(struct scratch *s)
{
        scratch_open(s);
        scratch_write(s, "/etc/one", "old one\n");
}

static void assert_text(const struct scratch *s, const char *path, const char *expected)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read(&s->sys, path, 1000, &text, NULL);
        assert_int_equal(r, expected ? 0 : -ENOENT);
        if (expected)
                assert_string_equal(text, expected);
}

static void undo(struct scratch *s, const char *id, bool changed)
{
        struct undo_report report = { 0 };
        _cleanup_free_ char *why = NULL;
        assert_int_equal(undo_run(&s->sys, -1, id, NULL, &report, &why), 0);
        assert_int_equal(report.changed, changed);
        undo_report_free(&report);
}

static void test_done_and_undone(void **state)
{
        struct scratch s;
        _cleanup_free_ char *id = NULL;
        (void)state;
        start(&s);
        assert_int_equal(run(&s, &id), 0);
        assert_text(&s, "/etc/one", "new one\n");
        assert_text(&s, "/etc/two", "new two\n");
        assert_int_equal(recover_needed(&s.sys, NULL), 0);
        undo(&s, id, true);
        assert_text(&s, "/etc/one", "old one\n");
        assert_text(&s, "/etc/two", NULL);
        assert_int_equal(recover_needed(&s.sys, NULL), 0);
        undo(&s, id, false);
        scratch_close(&s);
}

static void test_undo_leaves_what_others_changed(void **state)
{
        struct scratch s;
        _cleanup_free_ char *id = NULL;
        (void)state;
        start(&s);
        assert_int_equal(run(&s, &id), 0);
        scratch_write(&s, "/etc/one", "an administrator's\n");
        struct undo_report report = { 0 };
        assert_int_equal(undo_run(&s.sys, -1, id, NULL, &report, NULL), 0);
        assert_int_equal(report.n, 2);
        assert_int_equal(report.steps[0].state, UNDO_BACK);
        assert_int_equal(report.steps[1].state, UNDO_LEFT);
        assert_string_equal(report.steps[1].why, "it has been changed since");
        assert_true(report.left);
        undo_report_free(&report);
        assert_text(&s, "/etc/one", "an administrator's\n");
        assert_text(&s, "/etc/two", NULL);
        scratch_close(&s);
}

/* Cuts the log after LINES whole lines and PART bytes of the next. */
static void cut(const struct scratch *s, const char *id, int lines, size_t part)
{
        _cleanup_free_ char *path = xasprintf("%s/%s.jsonl", RUNLOG_DIR, id), *text = NULL;
        assert_int_equal(sys_read(&s->sys, path, 100000, &text, NULL), 0);
        char *at = text;
        for (int i = 0; i < lines; i++)
                at = strchr(at, '\n') + 1;
        assert_int_equal(truncate(scratch_path(s, path), at - text + (off_t)part), 0);
}

/* The lines of the log: begin, intent 1, done 1, intent 2, done 2, end. For a cut after each the
 * files are as a kill at that moment could have left them: DONE steps had their effect. */
static void check_cut(int lines, size_t part, int done)
{
        struct scratch s;
        _cleanup_free_ char *id = NULL, *why = NULL;
        _cleanup_recovery_ struct recovery recovery = { 0 };
        start(&s);
        assert_int_equal(run(&s, &id), 0);
        if (done < 2)
                assert_int_equal(unlink(scratch_path(&s, "/etc/two")), 0);
        if (done < 1)
                scratch_write(&s, "/etc/one", "old one\n");
        cut(&s, id, lines, part);
        assert_int_equal(recover_needed(&s.sys, NULL), 1);
        assert_int_equal(recover_all(&s.sys, -1, &recovery, &why), 0);
        assert_string_equal(recovery.settled[0], id);
        assert_int_equal(recover_needed(&s.sys, NULL), 0);
        assert_text(&s, "/etc/one", done >= 1 ? "new one\n" : "old one\n");
        assert_text(&s, "/etc/two", done >= 2 ? "new two\n" : NULL);
        undo(&s, id, done > 0);
        assert_text(&s, "/etc/one", "old one\n");
        assert_text(&s, "/etc/two", NULL);
        scratch_close(&s);
}

static void test_cut_off_anywhere(void **state)
{
        (void)state;
        for (size_t part = 0; part <= 10; part += 10) {
                check_cut(1, part, 0);
                check_cut(2, part, 0); /* killed before the change */
                check_cut(2, part, 1); /* killed after it */
                check_cut(3, part, 1);
                check_cut(4, part, 1);
                check_cut(4, part, 2);
                check_cut(5, part, 2);
        }
}

static void test_failed_step_skips_the_rest(void **state)
{
        struct scratch s;
        struct report report = { 0 };
        (void)state;
        start(&s);
        scratch_write(&s, "/etc/two/in-the-way", "");
        struct outcome *o = plan_two_files(&report);
        struct step third = { .kind = STEP_WRITE_FILE,
                              .target = (char *)"/etc/three",
                              .key = (char *)"",
                              .value = (char *)"x" };
        outcome_add_step(o, &third);
        struct work work = { .sys = &s.sys, .argv = argv, .lock_fd = -1 };
        assert_int_equal(apply_plan(&work, o), -EINVAL);
        assert_int_equal(o->results[0].state, STATE_DONE);
        assert_int_equal(o->results[1].state, STATE_FAILED);
        assert_non_null(strstr(o->results[1].why, "/etc/two"));
        assert_int_equal(o->results[2].state, STATE_SKIPPED);
        assert_text(&s, "/etc/three", NULL);
        _cleanup_free_ char *id = xstrdup(runlog_id(work.log));
        apply_end(&work, 1);
        undo(&s, id, true);
        assert_text(&s, "/etc/one", "old one\n");
        report_free(&report);
        scratch_close(&s);
}

/* What needs no other step is done although one before it failed, and stops none after it. */
static void test_failed_step_leaves_its_neighbours(void **state)
{
        static const struct {
                enum step_kind kind;
                const char *target, *value;
                enum step_state became;
        } rows[] = {
                { STEP_SET_MODE, "/opt/missing", "0755", STATE_FAILED },
                { STEP_SET_MODE, "/opt/\xff", "0755", STATE_FAILED },
                { STEP_WRITE_FILE, "/etc/one", "new one\n", STATE_DONE },
                { STEP_WRITE_FILE, "/etc/two", "new two\n", STATE_FAILED },
                { STEP_WRITE_FILE, "/etc/three", "x", STATE_SKIPPED },
                { STEP_SET_MODE, "/opt/there", "0755", STATE_DONE },
        };
        struct scratch s;
        struct report report = { 0 };
        struct stat st;
        (void)state;
        start(&s);
        scratch_write(&s, "/etc/two/in-the-way", "");
        scratch_parents(&s, "/opt/there/x");
        scratch_parents(&s, "/opt/\xff/x");
        assert_int_equal(chmod(scratch_path(&s, "/opt/there"), 0700), 0);
        struct outcome *o = report_add(&report, &fault);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct step step = { .kind = rows[i].kind,
                                     .target = (char *)rows[i].target,
                                     .key = (char *)"",
                                     .value = (char *)rows[i].value };
                outcome_add_step(o, &step);
        }
        struct work work = { .sys = &s.sys, .argv = argv, .lock_fd = -1 };
        assert_int_equal(apply_plan(&work, o), -ENOENT);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                assert_int_equal(o->results[i].state, rows[i].became);
        assert_int_equal(sys_stat(&s.sys, "/opt/there", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0755);
        apply_end(&work, 1);
        report_free(&report);
        scratch_close(&s);
}

static void test_corrupt_log_is_passed_over(void **state)
{
        static const char *const bad[] = {
                "{\"event\":\"done\",\"step\":99}\n",
                "{\"event\":\"nonsense\"}\n",
                "{\"event\":\"intent\",\"step\":9,\"kind\":\"no-such-kind\",\"undo\":{}}\n",
                "{\"event\":\"intent\",\"step\":1,\"kind\":\"write-file\",\"undo\":{}}\n",
                "{\"event\":\"intent\",\"step\":-7,\"kind\":\"write-file\",\"undo\":{}}\n",
                "{\"event\":\"intent\",\"step\":9,\"kind\":\"write-file\",\"undo\":[]}\n",
                "not json\n",
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                struct scratch s;
                _cleanup_free_ char *id = NULL, *why = NULL;
                _cleanup_recovery_ struct recovery recovery = { 0 };
                start(&s);
                assert_int_equal(run(&s, &id), 0);
                _cleanup_free_ char *path = xasprintf("%s/%s.jsonl", RUNLOG_DIR, id);
                cut(&s, id, 5, 0);
                FILE *f = fopen(scratch_path(&s, path), "a");
                fputs(bad[i], f);
                fclose(f);
                assert_int_equal(recover_all(&s.sys, -1, &recovery, &why), 0);
                assert_non_null(strstr(recovery.skipped[0], id));
                assert_non_null(strstr(recovery.skipped[0], ".jsonl:6"));
                assert_null(recovery.skipped[1]);
                assert_null(recovery.settled);
                assert_text(&s, "/etc/one", "new one\n");
                scratch_close(&s);
        }
}

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
                cmocka_unit_test(test_done_and_undone),
                cmocka_unit_test(test_undo_leaves_what_others_changed),
                cmocka_unit_test(test_cut_off_anywhere),
                cmocka_unit_test(test_failed_step_skips_the_rest),
                cmocka_unit_test(test_failed_step_leaves_its_neighbours),
                cmocka_unit_test(test_corrupt_log_is_passed_over),
                cmocka_unit_test(test_fifo_for_a_log),
                cmocka_unit_test(test_history_of_a_hostile_log),
                cmocka_unit_test(test_fifo_below_a_rehearsal),
                cmocka_unit_test(test_live_step_of_a_root_that_stands_still),
                cmocka_unit_test(test_lock),
                cmocka_unit_test(test_exit_status),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
