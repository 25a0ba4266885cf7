/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others wrote, on its way to a terminal. */
#include "lib/clean.h"
#include "lib/json.h"
#include "lib/nearest.h"
#include "lib/shell.h"
#include "tests/unit/scratch.h"

static void test_text_clean(void **state)
{
        static const struct {
                const char *text, *clean;
        } rows[] = {
                { "", "" },
                { "/opt/cisco/a b", "/opt/cisco/a b" },
                { "S\xc3\xa3o \xe2\x82\xac \xf0\x9f\x98\x80",
                  "S\xc3\xa3o \xe2\x82\xac \xf0\x9f\x98\x80" },
                { "\033[31mred\a", "?[31mred?" },
                { "two\nlines\r\t\x7f", "two?lines???" },
                { "\xc2\x9b"
                  "31m",
                  "??31m" }, /* CSI in UTF-8 */
                { "\x9b"
                  "31m",
                  "?31m" },                /* and in eight bits */
                { "\xe0\x82\x9b", "???" }, /* and spelt longer */
                { "\xf0\x80\x82\x9b", "????" },
                { "cut \xe2\x82", "cut ??" },
                { "\xff\xc0\x80", "???" },
                { "\xc2\xa0", "\xc2\xa0" },
                { "a\xe2\x80\xae"
                  "b",
                  "a???b" },                        /* right-to-left override */
                { "\xd8\x9c", "??" },               /* Arabic letter mark */
                { "\xe2\x81\xa6", "???" },          /* isolate */
                { "\xe2\x80\x8b", "???" },          /* zero width space */
                { "\xef\xbb\xbf", "???" },          /* byte order mark */
                { "\xf3\xa0\x81\x81", "????" },     /* tag */
                { "\xed\xa0\x80", "???" },          /* half of a surrogate */
                { "\xf4\x90\x80\x80", "????" },     /* beyond Unicode */
                { "\xe2\x80\x94", "\xe2\x80\x94" }, /* a dash is one to be seen */
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *clean = text_clean(rows[i].text);
                assert_string_equal(clean, rows[i].clean);
        }
}

static void test_shell(void **state)
{
        static const struct {
                const char *text, *word;
        } rows[] = {
                { "/opt/cisco/amp", "/opt/cisco/amp" },
                { "", "''" },
                { "a b", "'a b'" },
                { "it's", "'it'\\''s'" },
                { "$(reboot);`id`\\", "'$(reboot);`id`\\'" },
                { "~root", "'~root'" },
                { "S\xc3\xa3o", "'S\xc3\xa3o'" },
                { "\033[2J", NULL },
                { "a\xe2\x80\xae"
                  "b",
                  NULL },
                { "\x9b", NULL },
                { "a\nb", NULL },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *word = shell_word(rows[i].text);
                if (rows[i].word)
                        assert_string_equal(word, rows[i].word);
                else
                        assert_null(word);
        }
}

/* What a terminal would obey comes out escaped, and reads as what it was. */
static void test_json_print(void **state)
{
        static const char hostile[] =
                "\033]0;x\a \x7f \xc2\x9b \xe2\x80\xae \xf3\xa0\x81\x81 \xc3\xa9";
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        (void)state;
        _cleanup_json_ json_t *j = json_pack("{s:o}", "name", json_text_new(hostile));
        FILE *to = open_memstream(&text, &len);
        json_print(j, to);
        fclose(to);
        assert_string_equal(text, "{\"name\":\"\\u001B]0;x\\u0007 \\u007F \\u009B \\u202E "
                                  "\\uDB40\\uDC41 \xc3\xa9\"}\n");
        _cleanup_json_ json_t *back = json_loads(text, 0, NULL);
        assert_string_equal(json_text(back, "name"), hostile);
}

static void test_nearest(void **state)
{
        static const char *const names[] = { "check", "plan", "kernel-headers", "all" };
        static const struct {
                const char *word, *name;
        } rows[] = {
                { "chekc", "check" },
                { "chck", "check" },
                { "checkk", "check" },
                { "plna", "plan" },
                { "wait", NULL },
                { "", NULL },
                { "kernel-hedears", "kernel-headers" },
                { "alll", "all" },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                const char *name = nearest(rows[i].word, names, ARRAY_SIZE(names));
                if (rows[i].name)
                        assert_string_equal(name, rows[i].name);
                else
                        assert_null(name);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text_clean),
                cmocka_unit_test(test_shell),
                cmocka_unit_test(test_json_print),
                cmocka_unit_test(test_nearest),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
