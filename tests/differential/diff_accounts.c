/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passwd and group: our reader beside glibc's fgetpwent(3) and fgetgrent(3). */
#include "../unit/scratch.h"

#include <grp.h>
#include <pwd.h>

#include "accounts/records.h"
#include "inputs.h"

static const char *const names[] = { "root", "cisco-amp-scan-svc", "odd", "", "x y", "+", "-@g",
                                     "#c" };
static const char *const ids[] = {
        "0",  "990",  "-1",  "4294967295", "4294967296", "99999999999999999999", " 7", "7 ",
        "+5", "0x10", "007", "",           "a"
};
static const char *const words[] = { "", "x", "/home/odd", "a b", ",", "a,b", "!", "\t", "\xff" };
static const char *const ends[] = { "\n",   "\n",  "\n",   "\n",  "",
                                    "\n\n", " \n", "\r\n", ":\n", ":more\n" };

static void line(struct inputs *in, bool group, struct inputs_text *t)
{
        unsigned fields = group ? 4 : 7;
        if (inputs_below(in, 6) == 0)
                fields = 1 + inputs_below(in, 9);
        /* glibc reads the last byte twice of a line with blanks before it and no newline. */
        bool indented = inputs_below(in, 20) == 0;
        inputs_put(t, indented ? " \t" : "");
        for (unsigned i = 0; i < fields; i++) {
                bool id = i == 2 || (i == 3 && !group);
                inputs_put(t, i ? ":" : "");
                inputs_put(t, i == 0                      ? inputs_one_of(in, names)
                              : id && inputs_below(in, 3) ? "12"
                              : id                        ? inputs_one_of(in, ids)
                                                          : inputs_one_of(in, words));
        }
        inputs_put(t, indented ? "\n" : inputs_one_of(in, ends));
}

static void theirs(bool group, struct inputs_text *text, struct inputs_text *out)
{
        FILE *file = fmemopen(text->bytes, text->len, "re");
        char one[4096];
        assert_non_null(file);
        for (;;) {
                const struct group *g = group ? fgetgrent(file) : NULL;
                const struct passwd *p = group ? NULL : fgetpwent(file);
                if (!g && !p)
                        break;
                const char *name = g ? g->gr_name : p->pw_name;
                if (*name == '+' || *name == '-')
                        continue;
                if (g)
                        snprintf(one, sizeof(one), "%s|%u\n", name, g->gr_gid);
                else
                        snprintf(one, sizeof(one), "%s|%s|%u|%u|%s|%s\n", name, p->pw_passwd,
                                 p->pw_uid, p->pw_gid, p->pw_dir, p->pw_shell);
                inputs_put(out, one);
        }
        fclose(file);
}

static void ours(bool group, const struct inputs_text *text, struct inputs_text *out)
{
        _cleanup_free_ char *copy = xstrndup(text->bytes, text->len);
        struct record_reader reader;
        struct record r;
        char one[4096];
        record_reader_init(&reader, group ? GROUP : PASSWD, copy, text->len);
        while (record_next(&reader, &r)) {
                if (!r.read)
                        continue;
                if (group)
                        snprintf(one, sizeof(one), "%s|%u\n", r.field[GROUP_NAME],
                                 record_id(&r, GROUP_GID));
                else
                        snprintf(one, sizeof(one), "%s|%s|%u|%u|%s|%s\n", r.field[PASSWD_NAME],
                                 r.field[PASSWD_PASSWORD], record_id(&r, PASSWD_UID),
                                 record_id(&r, PASSWD_GID), r.field[PASSWD_HOME],
                                 r.field[PASSWD_SHELL]);
                inputs_put(out, one);
        }
}

static unsigned compare(bool group)
{
        unsigned differ = 0;
        for (unsigned input = 0; input < inputs_count(); input++) {
                struct inputs in = inputs_of(input);
                struct inputs_text text = { .len = 0 }, a = { .len = 0 }, b = { .len = 0 };
                for (unsigned n = 1 + inputs_below(&in, 6); n > 0; n--)
                        line(&in, group, &text);
                theirs(group, &text, &a);
                ours(group, &text, &b);
                if (strcmp(a.bytes, b.bytes) != 0) {
                        inputs_differ(input, group ? "group" : "passwd", a.bytes, b.bytes,
                                      text.bytes);
                        differ++;
                }
        }
        print_message("%u inputs, %u disagreements\n", inputs_count(), differ);
        return differ;
}

static void passwd_is_read_as_glibc_does(void **state)
{
        (void)state;
        assert_int_equal(compare(false), 0);
}

static void group_is_read_as_glibc_does(void **state)
{
        (void)state;
        assert_int_equal(compare(true), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(passwd_is_read_as_glibc_does),
                cmocka_unit_test(group_is_read_as_glibc_does),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
