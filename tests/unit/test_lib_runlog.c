/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run log: what a crash leaves is read, what is corrupt is named. */
#include "lib/runlog.h"

#include <errno.h>

#include "lib/json.h"
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

static size_t records(const struct scratch *s, const char *id)
{
        _cleanup_json_ json_t *list = NULL;
        assert_int_equal(runlog_read(&s->sys, id, &list, NULL), 0);
        return json_array_size(list);
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
                json_t *list = NULL;
                append_text(&s, id, bad[i]);
                assert_int_equal(runlog_read(&s.sys, id, &list, &why), -EBADMSG);
                _cleanup_free_ char *path = path_of(id);
                _cleanup_free_ char *expected = xasprintf("%s:3: not a run log record", path);
                assert_string_equal(why, expected);
                assert_null(list);
        }
        scratch_close(&s);
}

static void test_ids(void **state)
{
        static const char *const bad[] = { "", "../x", "a/b", "a b", ".", "x.jsonl" };
        struct scratch s;
        json_t *list = NULL;
        (void)state;
        scratch_open(&s);
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
                assert_int_equal(runlog_read(&s.sys, bad[i], &list, NULL), -EINVAL);
        assert_int_equal(runlog_read(&s.sys, "20261122-0", &list, NULL), -ENOENT);
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_write_and_read), cmocka_unit_test(test_torn_line),
                cmocka_unit_test(test_corrupt),        cmocka_unit_test(test_ids),
                cmocka_unit_test(test_kept_files),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
