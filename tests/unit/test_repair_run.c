/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps done, cut off after any line of the run log, recovered, undone: on files, for real. */
#include "tests/unit/two_files.h"

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
        struct undo_report second = { 0 };
        assert_int_equal(undo_run(&s.sys, -1, id, NULL, &second, NULL), 0);
        assert_int_equal(second.n, 0); /* what was put back is not asked about again */
        undo_report_free(&second);
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_done_and_undone),
                cmocka_unit_test(test_undo_leaves_what_others_changed),
                cmocka_unit_test(test_cut_off_anywhere),
                cmocka_unit_test(test_failed_step_skips_the_rest),
                cmocka_unit_test(test_failed_step_leaves_its_neighbours),
                cmocka_unit_test(test_corrupt_log_is_passed_over),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
