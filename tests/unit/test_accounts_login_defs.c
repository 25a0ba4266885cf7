/* SPDX-License-Identifier: GPL-2.0-or-later */
/* login.defs: the value in force as the shadow tools read it, changed and put back. */
#include "scratch.h"

#include <errno.h>

#include "accounts/accounts.h"
#include "accounts/login_defs.h"
#include "accounts/toggle.h"

#define KEY "USERGROUPS_ENAB"

static const struct {
        const char *text, *value; /* the value in force; NULL: not set */
        const char *set;          /* the text after setting yes */
} texts[] = {
        { "A 1\n" KEY " no\nB 2\n", "no", "A 1\n" KEY " yes\nB 2\n" },
        { KEY "\tno\n", "no", KEY "\tyes\n" },
        { "  " KEY " \t no  \n", "no", "  " KEY " \t yes  \n" },
        { KEY " no", "no", KEY " yes" },
        /* what follows a value belongs to it in shadow 4.17 and not in 4.13: a line of our own */
        { KEY " no\r\nA 1\r\n", "no", KEY " no\r\nA 1\r\n" KEY " yes\n" },
        { KEY " yes\r\n", "yes", KEY " yes\r\n" KEY " yes\n" },
        { KEY " yes\r", "yes", KEY " yes\r\n" KEY " yes\n" },
        { KEY " no\r\n" KEY " no\n", "no", KEY " no\r\n" KEY " yes\n" },
        { KEY " no\v\n", "no", KEY " no\v\n" KEY " yes\n" },
        { KEY " no\f \n", "no", KEY " no\f \n" KEY " yes\n" },
        { KEY " no\n" KEY " \r\n", "no", KEY " no\n" KEY " \r\n" KEY " yes\n" },
        { KEY " \"no\"\n", "no", KEY " yes\n" },
        /* What stands behind a value is part of it: the tools know no comment there. */
        { KEY " yes # for packages\n", "yes # for packages", KEY " yes\n" },
        { KEY " yes\n" KEY " no\n", "no", KEY " yes\n" KEY " yes\n" },
        { KEY " no\n" KEY "\n", "no", KEY " yes\n" KEY "\n" },
        { "#" KEY " yes\n", NULL, "#" KEY " yes\n" KEY " yes\n" },
        { KEY "LED yes\n", NULL, KEY "LED yes\n" KEY " yes\n" },
        { "A 1", NULL, "A 1\n" KEY " yes\n" },
        { "A 1\r\nB 2", NULL, "A 1\r\nB 2\n" KEY " yes\n" },
        { "", NULL, KEY " yes\n" },
        { "\n\n", NULL, "\n\n" KEY " yes\n" },
        { KEY " YES\n", "YES", KEY " yes\n" },
};

static void sets_the_line_in_force(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                size_t len = strlen(texts[i].text), n, m;
                _cleanup_free_ char *value = login_defs_get(texts[i].text, len, KEY);
                _cleanup_free_ char *set = login_defs_set(texts[i].text, len, KEY, "yes", &n);
                _cleanup_free_ char *back =
                        login_defs_put_back(set, n, texts[i].text, len, KEY, "yes", &m);
                if (texts[i].value)
                        assert_string_equal(value, texts[i].value);
                else
                        assert_null(value);
                assert_string_equal(set, texts[i].set);
                assert_int_equal(n, strlen(set));
                _cleanup_free_ char *in_force = login_defs_get(set, n, KEY);
                assert_string_equal(in_force, "yes");
                assert_int_equal(m, len);
                assert_memory_equal(back, texts[i].text, len);
        }
}

static const struct {
        const char *original, *now, *expected; /* NULL: nothing of ours is there */
} edits[] = {
        { "A 1\n" KEY " no\n", "A 2\n" KEY " yes\nB 3\n", "A 2\n" KEY " no\nB 3\n" },
        { "A 1\n" KEY "\tno # x\n", "A 2\n" KEY "\tyes\n", "A 2\n" KEY "\tno # x\n" },
        { "A 1\n", "A 2\n" KEY " yes\n", "A 2\n" },
        { "A 1\n" KEY " no\n", "A 2\n" KEY " no\n", NULL },
        { "A 1\n" KEY " no\n", "A 2\n" KEY "  yes\n", NULL }, /* written by somebody else */
        { "A 1\n" KEY " no\n", "A 2\n", NULL },
        { "A 1\n" KEY " no\n", "", NULL },
};

static void puts_back_only_the_key(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
                size_t n;
                _cleanup_free_ char *back =
                        login_defs_put_back(edits[i].now, strlen(edits[i].now), edits[i].original,
                                            strlen(edits[i].original), KEY, "yes", &n);
                if (edits[i].expected)
                        assert_string_equal(back, edits[i].expected);
                else
                        assert_null(back);
        }
}

static void assert_file(struct scratch *s, const char *text)
{
        _cleanup_free_ char *now = NULL;
        int r = sys_read(&s->sys, LOGIN_DEFS, 1 << 20, &now, NULL);
        if (!text) {
                assert_int_equal(r, -ENOENT);
                return;
        }
        assert_int_equal(r, 0);
        assert_string_equal(now, text);
}

static void toggles_on_disk_and_back(void **state)
{
        (void)state;
        static const char *const originals[] = { "A 1\n" KEY " no\n", "A 1", KEY " yes\r\nA 1\r\n",
                                                 NULL };
        for (size_t i = 0; i < ARRAY_SIZE(originals); i++) {
                const char *o = originals[i];
                size_t len = o ? strlen(o) : 0;
                struct scratch s;
                scratch_open(&s);
                assert_int_equal(sys_mkdirs(&s.sys, "/etc", 0755), 0);
                if (o)
                        scratch_write(&s, LOGIN_DEFS, o);
                assert_int_equal(toggle_is_there(&s.sys, o, len, "yes", NULL), 0);
                assert_int_equal(toggle_on_disk(&s.sys, o, len, "yes", NULL), 0);
                _cleanup_free_ char *value = NULL;
                assert_int_equal(login_defs_usergroups(&s.sys, &value, NULL), 1);
                assert_int_equal(toggle_is_there(&s.sys, o, len, "yes", NULL), 1);
                for (int twice = 0; twice < 2; twice++) {
                        assert_int_equal(toggle_put_back(&s.sys, o, len, "yes", NULL), 0);
                        assert_file(&s, o);
                }
                scratch_close(&s);
        }
}

static void refuses_a_binary_file(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_free_ char *value = NULL, *why = NULL;
        scratch_open(&s);
        scratch_bytes(&s, LOGIN_DEFS, "A\0B", 3);
        assert_int_equal(login_defs_usergroups(&s.sys, &value, &why), -EBADMSG);
        assert_string_equal(why, "/etc/login.defs: not a text file");
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sets_the_line_in_force),
                cmocka_unit_test(puts_back_only_the_key),
                cmocka_unit_test(toggles_on_disk_and_back),
                cmocka_unit_test(refuses_a_binary_file),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
