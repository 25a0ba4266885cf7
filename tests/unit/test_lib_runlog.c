/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run log: what a crash leaves is read, what is corrupt is named. */
#include "lib/runlog.h"

#include <errno.h>

#include "lib/json.h"
#include "lib/runlog_files.h"
#include "lib/runlog_steps.h"
#include "tests/unit/scratch.h"

static char *const argv[] = { (char *)"secep-repair", (char *)"--fault", (char *)"5\xff", NULL };

static char *begin(struct scratch *s)
{
        _cleanup_runlog_ struct runlog *log = NULL;
        _cleanup_free_ char *why = NULL;
        assert_int_equal(runlog_begin(&s->sys, argv, &log, &why), 0);
        assert_int_equal(
                runlog_append(log, json_pack("{s:s, s:i}", "event", "end", "exit", 0), &why), 0);
        return xstrdup(runlog_id(log));
}

static char *path_of(const char *id)
{
        return xasprintf("%s/%s.jsonl", RUNLOG_DIR, id);
}

static void append_text(const struct scratch *s, const char *id, const char *text)
{
        _cleanup_free_ char *path = path_of(id);
        FILE *f = fopen(scratch_path(s, path), "a");
        assert_non_null(f);
        fputs(text, f);
        fclose(f);
}

/* How many records the log has, or -errno. */
static int count(const struct scratch *s, const char *id, char **why)
{
        _cleanup_runlog_reader_ struct runlog_reader *reader = NULL;
        int r = runlog_open(&s->sys, id, &reader, why), n = 0;
        while (r == 0) {
                _cleanup_json_ json_t *record = NULL;
                int got = runlog_next(reader, &record, NULL, why);
                if (got <= 0)
                        return got < 0 ? got : n;
                n++;
        }
        return r;
}

static int records(const struct scratch *s, const char *id)
{
        return count(s, id, NULL);
}

static void test_write_and_read(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        _cleanup_free_ char *first = begin(&s), *second = begin(&s);
        _cleanup_strv_ char **ids = NULL;
        assert_int_equal(runlog_list(&s.sys, &ids, NULL), 0);
        assert_int_equal(strv_length(ids), 2);
        assert_string_equal(ids[0], first);
        assert_string_equal(ids[1], second);
        assert_int_equal(records(&s, first), 2);
        struct stat st;
        _cleanup_free_ char *path = path_of(first);
        assert_int_equal(sys_stat(&s.sys, path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        scratch_close(&s);
}

static void test_torn_line(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        _cleanup_free_ char *id = begin(&s);
        append_text(&s, id, "{\"event\":\"inte");
        assert_int_equal(records(&s, id), 2);
        _cleanup_runlog_ struct runlog *log = NULL;
        assert_int_equal(runlog_reopen(&s.sys, id, &log, NULL), 0);
        assert_int_equal(runlog_append(log, json_pack("{s:s}", "event", "end"), NULL), 0);
        assert_int_equal(records(&s, id), 3);
        scratch_close(&s);
}

static void test_corrupt(void **state)
{
        static const char *const bad[] = { "no json\n", "[]\n", "{}\n", "{\"event\":1}\n", "\n" };
        struct scratch s;
        (void)state;
        scratch_open(&s);
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                _cleanup_free_ char *id = begin(&s), *why = NULL;
                append_text(&s, id, bad[i]);
                assert_int_equal(count(&s, id, &why), -EBADMSG);
                _cleanup_free_ char *path = path_of(id);
                _cleanup_free_ char *expected = xasprintf("%s:3: not a run log record", path);
                assert_string_equal(why, expected);
        }
        scratch_close(&s);
}

static void test_ids(void **state)
{
        static const char *const bad[] = { "", "../x", "a/b", "a b", ".", "x.jsonl" };
        struct scratch s;
        (void)state;
        scratch_open(&s);
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
                assert_int_equal(count(&s, bad[i], NULL), -EINVAL);
        assert_int_equal(count(&s, "20261122-0", NULL), -ENOENT);
        scratch_close(&s);
}

static void test_kept_files(void **state)
{
        struct scratch s;
        struct runlog *log = NULL;
        _cleanup_free_ char *name = NULL, *other = NULL, *data = NULL;
        size_t len = 0;
        (void)state;
        scratch_open(&s);
        assert_int_equal(runlog_begin(&s.sys, argv, &log, NULL), 0);
        assert_int_equal(runlog_keep(log, "a\0b", 3, &name, NULL), 0);
        _cleanup_free_ char *id = xstrdup(runlog_id(log));
        runlog_close(log);
        assert_int_equal(runlog_reopen(&s.sys, id, &log, NULL), 0);
        assert_int_equal(runlog_keep(log, "c", 1, &other, NULL), 0);
        runlog_close(log);
        assert_string_not_equal(name, other);
        assert_int_equal(runlog_kept(&s.sys, id, name, &data, &len, NULL), 0);
        assert_int_equal(len, 3);
        assert_memory_equal(data, "a\0b", 3);
        char *none = NULL;
        assert_int_equal(runlog_kept(&s.sys, id, "../1", &none, NULL, NULL), -EINVAL);
        assert_int_equal(runlog_kept(&s.sys, id, NULL, &none, NULL, NULL), -EINVAL);
        scratch_close(&s);
}

static json_t *intent(long step, const char *target, const char *value)
{
        return json_pack("{s:s, s:I, s:i, s:s, s:s, s:s, s:{}}", "event", "intent", "step",
                         (json_int_t)step, "fault", 5, "kind", "set-mode", "target", target,
                         "value", value, "undo");
}

/* The writer begins a new file before it passes the limit, and the reader goes on there: each step
 * is found by its place. */
static void test_goes_on_in_another_file(void **state)
{
        enum { STEPS = 40 };
        struct scratch s;
        struct runlog *log = NULL;
        _cleanup_free_ char *big = xcalloc(RUNLOG_RECORD_MAX / 4, 1);
        (void)state;
        memset(big, 'x', RUNLOG_RECORD_MAX / 4 - 1);
        scratch_open(&s);
        assert_int_equal(runlog_begin(&s.sys, argv, &log, NULL), 0);
        _cleanup_free_ char *id = xstrdup(runlog_id(log));
        for (long i = 1; i <= STEPS; i++) {
                assert_int_equal(runlog_append(log, intent(i, "/d", big), NULL), 0);
                assert_int_equal(runlog_append(log,
                                               json_pack("{s:s, s:I}", "event", "done", "step",
                                                         (json_int_t)i),
                                               NULL),
                                 0);
                if (i == STEPS / 2) { /* as after a kill */
                        runlog_close(log);
                        assert_int_equal(runlog_reopen(&s.sys, id, &log, NULL), 0);
                }
        }
        runlog_close(log);
        int files = runlog_file_count(&s.sys, id);
        assert_true(files >= 3);
        for (int i = 1; i <= files; i++) {
                struct stat st;
                _cleanup_free_ char *path = runlog_file_path(id, (unsigned)i);
                assert_int_equal(sys_stat(&s.sys, path, &st), 0);
                assert_true((size_t)st.st_size <= RUNLOG_FILE_MAX);
                assert_int_equal(st.st_mode & 07777, 0600);
        }
        _cleanup_runlog_reader_ struct runlog_reader *reader = NULL;
        _cleanup_runlog_steps_ struct runlog_steps steps = { 0 };
        assert_int_equal(runlog_open(&s.sys, id, &reader, NULL), 0);
        assert_int_equal(runlog_steps_read(reader, NULL, NULL, &steps, NULL), 0);
        assert_int_equal(steps.n, STEPS);
        for (size_t i = STEPS; i-- > 0;) {
                _cleanup_json_ json_t *record = NULL;
                assert_int_equal(steps.steps[i].state, RUNLOG_DONE);
                assert_int_equal(runlog_at(reader, &steps.steps[i].intent, &record, NULL), 0);
                assert_int_equal(json_integer_value(json_object_get(record, "step")), i + 1);
        }
        _cleanup_strv_ char **ids = NULL;
        assert_int_equal(runlog_list(&s.sys, &ids, NULL), 0);
        assert_int_equal(strv_length(ids), 1);
        scratch_close(&s);
}

/* What could not be read back is not written, and nothing of it is left in the log. */
static void test_a_record_too_long(void **state)
{
        struct scratch s;
        struct runlog *log = NULL;
        _cleanup_free_ char *big = xcalloc(RUNLOG_RECORD_MAX + 1, 1);
        (void)state;
        memset(big, 'x', RUNLOG_RECORD_MAX);
        scratch_open(&s);
        assert_int_equal(runlog_begin(&s.sys, argv, &log, NULL), 0);
        assert_int_equal(runlog_append(log, intent(1, "/d", big), NULL), -EFBIG);
        assert_int_equal(records(&s, runlog_id(log)), 1);
        _cleanup_free_ char *why = NULL;
        append_text(&s, runlog_id(log), big);
        append_text(&s, runlog_id(log), "x\n");
        assert_int_equal(count(&s, runlog_id(log), &why), -EBADMSG);
        assert_non_null(strstr(why, ".jsonl:2: "));
        runlog_close(log);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_write_and_read),
                cmocka_unit_test(test_torn_line),
                cmocka_unit_test(test_corrupt),
                cmocka_unit_test(test_ids),
                cmocka_unit_test(test_kept_files),
                cmocka_unit_test(test_goes_on_in_another_file),
                cmocka_unit_test(test_a_record_too_long),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
