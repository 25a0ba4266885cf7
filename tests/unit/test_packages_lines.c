/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines out of a buffer of 64 KiB: across its end, longer than it, without a newline at the end. */
#include "tests/unit/scratch.h"

#include <stdio.h>

#include "packages/lines.h"

#define SIZE ((size_t)64 * 1024)

/* LEN times C, a newline, "next", and END. */
static char *text_of(size_t len, const char *end)
{
        char *text = xcalloc(len + 16, 1);
        memset(text, 'x', len);
        strcat(strcat(text, "\nnext"), end);
        return text;
}

static void one_of_each_length(void **state)
{
        static const size_t lengths[] = { 0,    1,        SIZE - 3, SIZE - 2,     SIZE - 1,
                                          SIZE, SIZE + 1, 2 * SIZE, 3 * SIZE - 2, 5 * SIZE };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(lengths) * 2; i++) {
                struct scratch s;
                size_t len = lengths[i / 2];
                _cleanup_free_ char *text = text_of(len, i % 2 ? "\n" : "");
                _cleanup_lines_ struct lines *lines = NULL;
                scratch_open(&s);
                scratch_write(&s, "/file", text);
                assert_int_equal(lines_open(&s.sys, "/file", &lines), 0);
                const char *first = lines_next(lines);
                assert_non_null(first);
                assert_int_equal(strlen(first), len < SIZE - 1 ? len : SIZE - 1);
                const char *second = lines_next(lines);
                assert_non_null(second);
                assert_string_equal(second, "next");
                assert_null(lines_next(lines));
                assert_null(lines_next(lines));
                scratch_close(&s);
        }
}

static void many_across_the_end(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_lines_ struct lines *lines = NULL;
        _cleanup_free_ char *text = xcalloc(SIZE * 4, 1);
        size_t n = 0, seen = 0;
        for (char *at = text; at < text + SIZE * 3; n++)
                at += sprintf(at, "%zu %.*s\n", n, (int)(n % 50),
                              "..................................................");
        scratch_open(&s);
        scratch_write(&s, "/file", text);
        assert_int_equal(lines_open(&s.sys, "/file", &lines), 0);
        for (const char *line; (line = lines_next(lines)); seen++) {
                _cleanup_free_ char *start = xasprintf("%zu ", seen);
                assert_true(startswith(line, start));
                assert_int_equal(strlen(line), strlen(start) + seen % 50);
        }
        assert_int_equal(seen, n);
        scratch_write(&s, "/empty", "");
        lines_close(&lines);
        assert_int_equal(lines_open(&s.sys, "/empty", &lines), 0);
        assert_null(lines_next(lines));
        scratch_close(&s);
}

/* Beside lines_next() over texts that break where the buffer does. */
static void those_with_a_word(void **state)
{
        (void)state;
        for (unsigned seed = 1; seed <= 40; seed++) {
                struct scratch s;
                _cleanup_lines_ struct lines *all = NULL, *some = NULL;
                unsigned pick = seed;
                size_t len = 0;
                _cleanup_free_ char *text = xcalloc(SIZE * 8, 1);
                while (len < SIZE * 4) {
                        size_t n = rand_r(&pick) % 7 ? (size_t)rand_r(&pick) % 300
                                                     : rand_r(&pick) % (2 * SIZE);
                        memset(text + len, '.', n);
                        len += n;
                        if (rand_r(&pick) % 3 == 0)
                                len += (size_t)sprintf(text + len, "needle");
                        text[len++] = rand_r(&pick) % 9 ? '\n' : 'x';
                }
                scratch_open(&s);
                scratch_write(&s, "/file", text);
                assert_int_equal(lines_open(&s.sys, "/file", &all), 0);
                assert_int_equal(lines_open(&s.sys, "/file", &some), 0);
                for (char *line; (line = lines_next(all));) {
                        if (!strstr(line, "needle"))
                                continue;
                        char *next;
                        while ((next = lines_next_with(some, "needle")) && !strstr(next, "needle"))
                                ;
                        assert_non_null(next);
                        assert_string_equal(next, line);
                }
                for (char *line; (line = lines_next_with(some, "needle"));)
                        assert_null(strstr(line, "needle"));
                scratch_close(&s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_of_each_length),
                cmocka_unit_test(many_across_the_end),
                cmocka_unit_test(those_with_a_word),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
