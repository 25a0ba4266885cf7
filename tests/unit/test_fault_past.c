/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What earlier repairs did, as the faults ask for it. */
#include "faults/past.h"

#include "lib/runlog_files.h"
#include "tests/unit/scratch.h"

#define TOP "/opt/cisco"

/* A run of fault 5 at WHEN that did step 1, KIND on TARGET; LAST: what its log says after that. */
static void log_run(struct scratch *s, const char *id, time_t when, const char *kind,
                    const char *target, const char *last)
{
        _cleanup_free_ char *path = runlog_file_path(id, 1);
        _cleanup_free_ char *text =
                xasprintf("{\"event\":\"begin\",\"run\":\"%s\",\"time\":%lld}\n"
                          "{\"event\":\"intent\",\"step\":1,\"fault\":5,\"kind\":\"%s\","
                          "\"target\":\"%s\"}\n%s",
                          id, (long long)when, kind, target, last);
        scratch_write(s, path, text);
}

#define DONE "{\"event\":\"done\",\"step\":1}\n"
#define UNDONE "{\"event\":\"undone\",\"step\":1}\n"
#define SETTLED(state) "{\"event\":\"settled\",\"step\":1,\"state\":\"" state "\"}\n"
#define END(status) "{\"event\":\"end\",\"exit\":" status "}\n"

static void assert_mended(const struct scratch *s, const char *path, const char *run)
{
        _cleanup_runlog_past_ struct runlog_past past = { 0 };
        assert_int_equal(runlog_past_read(&s->sys, time(NULL) - 24 * 3600, &past, NULL), 0);
        const struct past_run *found = past_mended(&past, path);
        if (run)
                assert_string_equal(found ? found->id : "none", run);
        else
                assert_null(found);
}

static void test_mended(void **state)
{
        struct scratch s;
        time_t now = time(NULL);
        (void)state;
        scratch_open(&s);
        assert_mended(&s, TOP, NULL);
        log_run(&s, "20260101-1", now - 25 * 3600, "set-mode", TOP, DONE);
        log_run(&s, "20260101-2", now - 3600, "set-mode", TOP "/amp", DONE);
        log_run(&s, "20260101-3", now - 3600, "set-mode", TOP, DONE UNDONE);
        log_run(&s, "20260101-4", now - 3600, "set-mode", TOP, SETTLED("not-done"));
        log_run(&s, "20260101-5", now - 3600, "write-file", TOP, DONE);
        assert_mended(&s, TOP, NULL);
        assert_mended(&s, TOP "/amp", "20260101-2");
        log_run(&s, "20260101-6", now - 3600, "set-mode", TOP, SETTLED("done"));
        assert_mended(&s, TOP, "20260101-6");
        log_run(&s, "20260101-7", now - 3600, "set-owner", TOP, DONE END("0"));
        assert_mended(&s, TOP, "20260101-7");
        scratch_close(&s);
}

static void assert_before(const struct scratch *s, const char *path, const char *run)
{
        _cleanup_runlog_past_ struct runlog_past past = { 0 };
        assert_int_equal(runlog_past_read(&s->sys, time(NULL) - 24 * 3600, &past, NULL), 0);
        const struct past_run *found = past_mended_before(&past, path);
        assert_string_equal(found ? found->id : "none", run);
}

/* The second newest run that corrected it: one run that set mode and owner is one, and what was undone
 * or did another thing is none. */
static void test_mended_before(void **state)
{
        struct scratch s;
        time_t now = time(NULL);
        (void)state;
        scratch_open(&s);
        assert_before(&s, TOP, "none");
        log_run(&s, "20260101-1", now - 9 * 3600, "set-mode", TOP, DONE);
        assert_before(&s, TOP, "none");
        log_run(&s, "20260101-2", now - 8 * 3600, "set-mode", TOP, DONE UNDONE);
        log_run(&s, "20260101-3", now - 7 * 3600, "set-mode", TOP "/amp", DONE);
        log_run(&s, "20260101-4", now - 6 * 3600, "write-file", TOP, DONE);
        assert_before(&s, TOP, "none");
        log_run(&s, "20260101-5", now - 5 * 3600, "set-owner", TOP,
                DONE "{\"event\":\"intent\",\"step\":2,\"fault\":5,\"kind\":\"set-mode\","
                     "\"target\":\"" TOP "\"}\n{\"event\":\"done\",\"step\":2}\n");
        assert_before(&s, TOP, "20260101-1");
        log_run(&s, "20260101-6", now - 4 * 3600, "set-mode", TOP, DONE);
        assert_before(&s, TOP, "20260101-5");
        log_run(&s, "20260101-7", now - 3 * 3600, "set-owner", TOP, DONE);
        assert_before(&s, TOP, "20260101-6");
        assert_before(&s, TOP "/amp", "none");
        scratch_close(&s);
}

static int episodes(const struct scratch *s, enum step_kind kind, const char *suffix)
{
        return past_episodes(&s->sys, 5, kind, suffix, time(NULL) - 24 * 3600, NULL);
}

static void test_episodes(void **state)
{
        struct scratch s;
        time_t now = time(NULL);
        (void)state;
        scratch_open(&s);
        assert_int_equal(episodes(&s, STEP_MOVE_FILE, ".cvd"), 0);
        log_run(&s, "20260101-1", now - 60, "move-file", "/opt/x.cvd", "");
        assert_int_equal(episodes(&s, STEP_MOVE_FILE, ".cvd"), 0);
        log_run(&s, "20260101-1", now - 60, "move-file", "/opt/x.cvd", DONE);
        log_run(&s, "20260101-2", now - 60, "move-file", "/opt/x.cvd", SETTLED("done"));
        log_run(&s, "20260101-3", now - 60, "move-file", "/opt/x.cvd", DONE UNDONE);
        assert_int_equal(episodes(&s, STEP_MOVE_FILE, ".cvd"), 2);
        assert_int_equal(episodes(&s, STEP_MOVE_FILE, ".cld"), 0);
        assert_int_equal(episodes(&s, STEP_WRITE_FILE, ".cvd"), 0);
        assert_int_equal(past_episodes(&s.sys, 6, STEP_MOVE_FILE, ".cvd", now - 3600, NULL), 0);
        assert_int_equal(past_episodes(&s.sys, 5, STEP_MOVE_FILE, ".cvd", now + 10, NULL), 0);
        scratch_close(&s);
}

static void test_in_vain(void **state)
{
        struct scratch s;
        time_t now = time(NULL);
        (void)state;
        scratch_open(&s);
        log_run(&s, "20260101-1", now - 60, "reinstall-package", "p", DONE END("1"));
        log_run(&s, "20260101-2", now - 60, "reinstall-package", "p", DONE END("0"));
        log_run(&s, "20260101-3", now - 60, "reinstall-package", "p", DONE END("4"));
        log_run(&s, "20260101-4", now - 60, "reinstall-package", "q", DONE END("1"));
        assert_int_equal(past_in_vain(&s.sys, STEP_REINSTALL_PACKAGE, "p", NULL), 2);
        scratch_close(&s);
}

#define FAILED(error) "{\"event\":\"failed\",\"step\":1,\"why\":\"w\",\"error\":" error "}\n"

/* What failed was tried; what was refused was not. */
static void test_tried(void **state)
{
        struct scratch s;
        time_t now = time(NULL);
        (void)state;
        scratch_open(&s);
        log_run(&s, "20260101-1", now - 60, "restart-service", "u", DONE END("0"));
        log_run(&s, "20260101-2", now - 60, "restart-service", "u", FAILED("5") END("1"));
        log_run(&s, "20260101-3", now - 60, "restart-service", "u", FAILED("1") END("4"));
        log_run(&s, "20260101-4", now - 60, "restart-service", "v", FAILED("5") END("1"));
        log_run(&s, "20260101-5", now - 90000, "restart-service", "u", FAILED("5") END("1"));
        assert_int_equal(past_tried(&s.sys, 5, STEP_RESTART_SERVICE, "u", now - 3600, NULL), 2);
        assert_int_equal(past_tried(&s.sys, 7, STEP_RESTART_SERVICE, "u", now - 3600, NULL), 0);
        assert_int_equal(past_episodes(&s.sys, 5, STEP_RESTART_SERVICE, "u", now - 3600, NULL), 1);
        scratch_close(&s);
}

/* One that is broken and one that is too long are named; the others still tell. */
static void test_skips_and_names(void **state)
{
        struct scratch s;
        time_t now = time(NULL);
        struct finding f = FINDING_INIT;
        (void)state;
        scratch_open(&s);
        log_run(&s, "20260101-1", now - 60, "set-mode", TOP, DONE);
        log_run(&s, "20260101-2", now - 60, "set-mode", TOP, "rubbish\n");
        log_run(&s, "20260101-3", now - 60, "set-mode", TOP, DONE);
        assert_int_equal(truncate(scratch_path(&s, RUNLOG_DIR "/20260101-3.jsonl"), 70 << 20), 0);
        _cleanup_runlog_past_ struct runlog_past past = { 0 };
        assert_int_equal(runlog_past_read(&s.sys, now - 3600, &past, NULL), 0);
        assert_string_equal(past_mended(&past, TOP)->id, "20260101-1");
        past_note_skipped(&past, &f);
        assert_int_equal(strv_length(past.skipped), 2);
        assert_non_null(strstr(past.skipped[0], "20260101-3.jsonl: too long for a look (70 MiB)"));
        assert_non_null(strstr(past.skipped[1], "20260101-2.jsonl:3: "));
        finding_free(&f);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_mended),   cmocka_unit_test(test_mended_before),
                cmocka_unit_test(test_episodes), cmocka_unit_test(test_in_vain),
                cmocka_unit_test(test_tried),    cmocka_unit_test(test_skips_and_names),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
