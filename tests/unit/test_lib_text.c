/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key=Value files, numbers, versions, JSON text. */
#include <errno.h>
#include <limits.h>

#include "lib/conf.h"
#include "lib/json.h"
#include "lib/keyfile.h"
#include "tests/unit/scratch.h"

static void test_keyfile(void **state)
{
        static const char text[] = "# comment\n; another\n\n NAME = \"Debian \\\"12\\\"\" \r\n"
                                   "ID=debian\nID='later'\n[part]\nKey = a=b \nEmpty=";
        struct keyfile kf = { 0 };
        (void)state;
        assert_int_equal(keyfile_parse("f", text, strlen(text), &kf, NULL), 0);
        assert_int_equal(kf.n, 5);
        assert_string_equal(keyfile_get(&kf, "", "NAME"), "Debian \"12\"");
        assert_string_equal(keyfile_get(&kf, "", "ID"), "later");
        assert_string_equal(keyfile_get(&kf, "part", "Key"), "a=b");
        assert_string_equal(keyfile_get(&kf, "part", "Empty"), "");
        assert_null(keyfile_get(&kf, "", "Key"));
        assert_int_equal(kf.entries[3].line, 8);
        keyfile_free(&kf);
}

static void test_keyfile_bad(void **state)
{
        static const struct {
                const char *text;
                size_t len;
                const char *why;
        } bad[] = {
                { "a=1\nnothing\n", 12, "f:2: expected Key=Value" },
                { "=1\n", 3, "f:1: expected Key=Value" },
                { "a=\"x\n", 5, "f:1: unfinished quote" },
                { "a='x'y\n", 7, "f:1: unfinished quote" },
                { "[x\n", 3, "f:1: a section is written [name]" },
                { "a=1\nb=\0c\n", 9, "f:2: a NUL byte" },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                struct keyfile kf = { 0 };
                _cleanup_free_ char *why = NULL;
                assert_int_equal(keyfile_parse("f", bad[i].text, bad[i].len, &kf, &why), -EBADMSG);
                assert_string_equal(why, bad[i].why);
                assert_null(kf.entries);
        }
}

static void test_conf(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        assert_int_equal(conf_load(&s.sys, NULL), 0);
        assert_null(conf_list(&s.sys, "KeepMode"));
        scratch_write(&s, "/etc/secep/secep.conf",
                      "KeepMode=/opt/cisco/a\nKeepMode=/opt/cisco/b\n");
        assert_int_equal(conf_load(&s.sys, NULL), 0);
        assert_int_equal(strv_length((char **)conf_list(&s.sys, "KeepMode")), 2);
        _cleanup_free_ char *why = NULL;
        scratch_write(&s, "/etc/secep/secep.conf", "\nKeepmode=/x\n");
        assert_int_equal(conf_load(&s.sys, &why), -EBADMSG);
        assert_string_equal(why, "/etc/secep/secep.conf:2: Keepmode: no such setting");
        scratch_close(&s);
}

static void test_numbers(void **state)
{
        long n = 7;
        (void)state;
        assert_int_equal(parse_long("42", 0, 100, &n), 0);
        assert_int_equal(n, 42);
        assert_int_equal(parse_long("-3", -5, 5, &n), 0);
        assert_int_equal(parse_long("101", 0, 100, &n), -ERANGE);
        assert_int_equal(parse_long("99999999999999999999", 0, LONG_MAX, &n), -ERANGE);
        static const char *const bad[] = { "", "-", " 1", "1 ", "+1", "0x1", "1e3" };
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
                assert_int_equal(parse_long(bad[i], 0, 100, &n), -EINVAL);
        assert_int_equal(n, -3);
}

static void test_versions(void **state)
{
        static const struct {
                const char *a, *b;
                int order;
        } rows[] = {
                { "1.25", "1.25.0", 0 },
                { "1.9", "1.25", -1 },
                { "1.25.0.123", "1.25", 1 },
                { "1.24.9", "1.25", -1 },
                { "2", "1.99", 1 },
                { "1.25~beta", "1.25", 0 },
                { "99999999999999999999999", "1", 1 },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                assert_int_equal(version_compare(rows[i].a, rows[i].b), rows[i].order);
                assert_int_equal(version_compare(rows[i].b, rows[i].a), -rows[i].order);
        }
}

static void test_json_text(void **state)
{
        (void)state;
        _cleanup_json_ json_t *bad = json_text_new("a\xff\xc3z\xe2\x82\xac");
        assert_string_equal(json_string_value(bad), "a\xEF\xBF\xBD\xEF\xBF\xBDz\xe2\x82\xac");
        _cleanup_json_ json_t *null = json_text_new(NULL);
        assert_true(json_is_null(null));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_keyfile),  cmocka_unit_test(test_keyfile_bad),
                cmocka_unit_test(test_conf),     cmocka_unit_test(test_numbers),
                cmocka_unit_test(test_versions), cmocka_unit_test(test_json_text),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
