/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others wrote, on its way to a terminal. */
#include "lib/clean.h"
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
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *clean = text_clean(rows[i].text);
                assert_string_equal(clean, rows[i].clean);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text_clean),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
