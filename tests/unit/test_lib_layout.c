/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wrapping, columns, cutting: by what is seen. */
#include "lib/layout.h"
#include "tests/unit/scratch.h"

static FILE *to;
static char *text;
static size_t len;

static struct layout screen(int width, bool colour)
{
        free(text);
        text = NULL;
        to = open_memstream(&text, &len);
        return (struct layout){ .to = to, .width = width, .colour = colour };
}

#define SHOWS(expected) (fclose(to), assert_string_equal(text, expected))

static void test_text(void **state)
{
        (void)state;
        struct layout l = screen(20, false);
        layout_text(&l, 2, 4, STYLE_BAD, "one two three four five  six");
        SHOWS("  one two three four\n    five  six\n");
        l = screen(20, true);
        layout_text(&l, 0, 0, STYLE_BAD, "one two three four five six");
        SHOWS("\033[31mone two three four\033[0m\n\033[31mfive six\033[0m\n");
        l = screen(10, false);
        layout_text(&l, 0, 2, STYLE_PLAIN, "a 0123456789abcdefgh z");
        SHOWS("a\n  01234567\n  89abcdef\n  gh z\n");
        l = screen(10, false);
        layout_text(&l, 0, 0, STYLE_PLAIN, "/usr/share/abcdefghijkl");
        SHOWS("/usr/\nshare/\nabcdefghij\nkl\n");
        l = screen(10, false);
        layout_text(&l, 3, 3, STYLE_PLAIN, "");
        SHOWS("   \n");
        l = screen(10, false);
        layout_text(&l, 0, 0, STYLE_PLAIN, "\033[2J\xe2\x80\xaex");
        SHOWS("?[2J???x\n");
}

/* Ten characters of two columns, combining ones of none. */
static void test_columns(void **state)
{
        (void)state;
        assert_int_equal(layout_columns("abc"), 3);
        assert_int_equal(layout_columns("S\xc3\xa3o"), 3);
        assert_int_equal(layout_columns("e\xcc\x81"), 1);
        assert_int_equal(layout_columns("\xe6\xbc\xa2\xe5\xad\x97"), 4);
        assert_int_equal(layout_columns("\x9b"), 1);
        struct layout l = screen(10, false);
        layout_text(&l, 0, 0, STYLE_PLAIN,
                    "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2 \xe6\xbc\xa2\xe6\xbc\xa2");
        SHOWS("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\n\xe6\xbc\xa2\xe6\xbc\xa2\n");
}

static void test_cut(void **state)
{
        static const struct {
                const char *text;
                int columns;
                const char *cut;
        } rows[] = {
                { "hello", 5, "hello" },
                { "hello", 4, "h..." },
                { "hello", 3, "..." },
                { "hello", 0, "" },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *cut = layout_cut(rows[i].text, rows[i].columns);
                assert_string_equal(cut, rows[i].cut);
        }
        _cleanup_free_ char *wide = layout_cut("\xe6\xbc\xa2\xe5\xad\x97\xe5\xad\x97", 5);
        assert_string_equal(wide, "\xe6\xbc\xa2...");
}

static void test_row(void **state)
{
        const struct layout_cell cells[] = { { "5", 3, STYLE_PLAIN },
                                             { "FAULT", 8, STYLE_BAD },
                                             { "one two three four five six seven eight nine", 0,
                                               STYLE_PLAIN } };
        (void)state;
        struct layout l = screen(56, false);
        layout_row(&l, 1, cells, 3);
        SHOWS(" 5    FAULT     one two three four five six seven eight\n"
              "                nine\n");
        l = screen(50, false); /* too little room beside the cells */
        layout_row(&l, 1, cells, 3);
        SHOWS(" 5    FAULT\n   one two three four five six seven eight nine\n");
        const struct layout_cell empty[] = { { "5", 3, STYLE_PLAIN },
                                             { "ok", 8, STYLE_GOOD },
                                             { "", 0, STYLE_PLAIN } };
        l = screen(40, false);
        layout_row(&l, 0, empty, 3);
        SHOWS("5    ok\n");
}

static void test_command(void **state)
{
        (void)state;
        struct layout l = screen(30, false);
        layout_command(&l, 2, "do:", "secep-repair --root '/a b' --fault 11 --offline DIR");
        SHOWS("  do: secep-repair --root \\\n      '/a b' --fault 11 \\\n      --offline DIR\n");
        l = screen(20, false);
        layout_command(&l, 0, "do:", "chmod 0755 '/a very long name that no line has room for'");
        SHOWS("do: chmod 0755 \\\n    '/a very long name that no line has room for'\n");
}

static int teardown(void **state)
{
        (void)state;
        free(text);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text),    cmocka_unit_test(test_columns),
                cmocka_unit_test(test_cut),     cmocka_unit_test(test_row),
                cmocka_unit_test(test_command),
        };
        return cmocka_run_group_tests(tests, NULL, teardown);
}
