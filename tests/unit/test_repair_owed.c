/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which restart a run owes: by its log, the faults, and the daemon that still runs. */
#include "tests/unit/scratch.h"

#include "lib/runlog.h"
#include "repair/owed.h"
#include "repair/recover.h"

#define RUNNING "70:50000"
#define BEGIN "{\"event\":\"begin\",\"run\":\"a\",\"time\":1}\n"
#define INTENT(step, fault, daemon)                                                                \
        "{\"event\":\"intent\",\"step\":" #step ",\"fault\":" #fault                               \
        ",\"kind\":\"set-mode\",\"target\":\"/x\",\"key\":\"\",\"value\":\"0755\",\"undo\":{}"     \
        ",\"daemon\":\"" daemon "\"}\n"
#define OF(event, step) "{\"event\":\"" event "\",\"step\":" #step "}\n"

static void root_make(struct scratch *s)
{
        char stat[256];
        scratch_open(s);
        snprintf(stat, sizeof(stat),
                 "70 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %ld 20\n",
                 50 * sysconf(_SC_CLK_TCK));
        scratch_write(s, "/proc/70/stat", stat);
        scratch_write(s, "/proc/70/status", "Name:\tx\nUid:\t1\t0\t3\t4\n");
        scratch_write(s, "/opt/cisco/amp/bin/ampdaemon", "");
        assert_int_equal(symlink("/opt/cisco/amp/bin/ampdaemon", scratch_path(s, "/proc/70/exe")),
                         0);
        s->sys.live = true; /* as if */
}

static const struct {
        const char *text;
        unsigned owed;
} logs[] = {
        { BEGIN INTENT(1, 5, RUNNING) OF("done", 1), 1U << 5 },
        { BEGIN INTENT(1, 5, RUNNING) OF("done", 1) INTENT(2, 19, RUNNING) OF("done", 2),
          1U << 5 | 1U << 19 },
        { BEGIN INTENT(1, 5, "70:49990") OF("done", 1), 0 }, /* another one of that pid */
        { BEGIN INTENT(1, 5, "71:50000") OF("done", 1), 0 },
        { BEGIN INTENT(1, 5, "-1:50000") OF("done", 1), 0 },
        { BEGIN INTENT(1, 5, "x") OF("done", 1), 0 },
        { BEGIN INTENT(1, 5, "") OF("done", 1), 0 },
        { BEGIN INTENT(1, 5, RUNNING) OF("failed", 1), 0 },
        { BEGIN INTENT(1, 5, RUNNING) OF("done", 1) OF("undone", 1), 0 },
        { BEGIN INTENT(1, 5, RUNNING), 0 },
        { BEGIN INTENT(1, 0, RUNNING) OF("done", 1), 0 },
        { BEGIN INTENT(1, 99, RUNNING) OF("done", 1), 0 },
};

static void test_owed_of(void **state)
{
        struct scratch s;
        unsigned owed = 1;
        (void)state;
        root_make(&s);
        for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
                scratch_write(&s, RUNLOG_DIR "/a.jsonl", logs[i].text);
                assert_int_equal(owed_of(&s.sys, "a", &owed, NULL), 0);
                assert_int_equal(owed, logs[i].owed);
        }
        s.sys.live = false; /* nothing of a root that stands still is restarted */
        scratch_write(&s, RUNLOG_DIR "/a.jsonl", logs[0].text);
        assert_int_equal(owed_of(&s.sys, "a", &owed, NULL), 0);
        assert_int_equal(owed, 0);
        scratch_close(&s);
}

/* Not ended before the restart, by as many recoveries as there are; then it is, once. */
static void test_recovery_waits(void **state)
{
        struct scratch s;
        (void)state;
        root_make(&s);
        scratch_write(&s, RUNLOG_DIR "/a.jsonl", logs[0].text);
        for (int i = 0; i < 2; i++) {
                _cleanup_recovery_ struct recovery recovery = { 0 };
                assert_int_equal(recover_needed(&s.sys, NULL), 1);
                assert_int_equal(recover_all(&s.sys, -1, &recovery, NULL), 0);
                assert_int_equal(recovery.owed, 1U << 5);
                assert_string_equal(recovery.owing[0], "a");
                assert_int_equal(recover_needed(&s.sys, NULL), 1);
                if (i == 1)
                        assert_int_equal(recover_end(&s.sys, &recovery, NULL), 0);
        }
        assert_int_equal(recover_needed(&s.sys, NULL), 0);
        scratch_close(&s);
}

/* A run that ended without the restart keeps its exit status when that was made by somebody. */
static void test_ended_but_owing(void **state)
{
        struct scratch s;
        _cleanup_recovery_ struct recovery recovery = { 0 };
        _cleanup_free_ char *text = NULL;
        (void)state;
        root_make(&s);
        scratch_write(&s, RUNLOG_DIR "/a.jsonl",
                      BEGIN INTENT(1, 5, "70:1")
                              OF("done", 1) "{\"event\":\"end\",\"exit\":4,\"owed\":true}\n");
        assert_int_equal(recover_needed(&s.sys, NULL), 1);
        assert_int_equal(recover_all(&s.sys, -1, &recovery, NULL), 0);
        assert_int_equal(recovery.owed, 0);
        assert_null(recovery.settled);
        assert_int_equal(recover_needed(&s.sys, NULL), 0);
        assert_int_equal(sys_read(&s.sys, RUNLOG_DIR "/a.jsonl", 10000, &text, NULL), 0);
        assert_non_null(strstr(text, "{\"event\":\"end\",\"exit\":4}\n"));
        scratch_close(&s);
}

static void test_daemon(void **state)
{
        struct scratch s;
        char *name = NULL;
        (void)state;
        root_make(&s);
        owed_daemon(&s.sys, &name);
        assert_string_equal(name, RUNNING);
        const char *kept = name;
        owed_daemon(&s.sys, &name);
        assert_ptr_equal(name, kept);
        assert_int_equal(unlink(scratch_path(&s, "/proc/70/exe")), 0);
        assert_int_equal(unlink(scratch_path(&s, "/proc/70/stat")), 0);
        owed_daemon(&s.sys, &name);
        assert_null(name);
        scratch_close(&s);
}

static void test_owed_by(void **state)
{
        struct sys sys = { .live = true };
        (void)state;
        assert_true(owed_by(&sys, fault_by_id(5), STEP_SET_MODE));
        assert_true(owed_by(&sys, fault_by_id(19), STEP_INSTALL_MODULE));
        assert_false(owed_by(&sys, NULL, STEP_RESTART_SERVICE));
        assert_false(owed_by(&sys, fault_by_id(18), STEP_SET_CPU_QUOTA));
        assert_false(owed_by(&sys, fault_by_id(5), STEP_SET_USERGROUPS));   /* temporary */
        assert_false(owed_by(&sys, fault_by_id(16), STEP_SET_BOOT_KERNEL)); /* at boot */
        sys.release_given = true;
        sys.release = (char[]){ "0.0.0-of-another" };
        assert_false(owed_by(&sys, fault_by_id(11), STEP_INSTALL_PACKAGE));
        assert_true(owed_by(&sys, fault_by_id(5), STEP_SET_MODE));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_owed_of),         cmocka_unit_test(test_recovery_waits),
                cmocka_unit_test(test_ended_but_owing), cmocka_unit_test(test_daemon),
                cmocka_unit_test(test_owed_by),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
