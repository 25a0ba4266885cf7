/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The account files: malformed lines, and one line changed with every other byte kept. */
#include "scratch.h"

#include <errno.h>

#include "accounts/accounts.h"
#include "accounts/records.h"

#define NAME "cisco-amp-scan-svc"
#define ROOT_LINE "root:x:0:0:root:/root:/bin/bash\n"

struct sample {
        const char *passwd, *group, *shadow, *gshadow;
};

static const struct sample healthy = {
        ROOT_LINE NAME
        ":x:990:989:scan:/nonexistent:/usr/sbin/nologin\nzed:x:1000:1000::/home/z:/bin/sh\n",
        "root:x:0:\n" NAME ":x:989:\nzed:x:1000:\n",
        "root:*:19000:0:99999:7:::\n" NAME ":!:19000::::::\nzed:$6$abcdefgh$0123456789:1::::::\n",
        "root:*::\n" NAME ":!::\n",
};

static void fill(struct scratch *s, const struct sample *f)
{
        scratch_open(s);
        scratch_write(s, "/etc/passwd", f->passwd);
        scratch_write(s, "/etc/group", f->group);
        if (f->shadow)
                scratch_write(s, "/etc/shadow", f->shadow);
        if (f->gshadow)
                scratch_write(s, "/etc/gshadow", f->gshadow);
}

static void assert_file(struct scratch *s, const char *path, const char *text)
{
        _cleanup_free_ char *now = NULL;
        assert_int_equal(sys_read(&s->sys, path, 1 << 20, &now, NULL), 0);
        assert_string_equal(now, text);
}

static void reads_an_account(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_account_ struct account a = { .user = false };
        fill(&s, &healthy);
        assert_int_equal(account_read(&s.sys, NAME, &a, NULL), 0);
        assert_true(a.user && a.group && a.shadow && a.shadowed);
        assert_int_equal(a.uid, 990);
        assert_int_equal(a.primary, 989);
        assert_int_equal(a.gid, 989);
        assert_string_equal(a.primary_name, NAME);
        assert_string_equal(a.shell, "/usr/sbin/nologin");
        assert_int_equal(a.password, PASSWORD_LOCKED);
        assert_null(a.shares_uid_with);
        scratch_close(&s);
}

/* What a file says, and the one sentence about it; NULL: it is well. Only a line of the account
 * itself stops us; what is well of others: test_k1_accounts.c. */
static const struct malformed {
        const char *passwd, *group, *why;
} malformed[] = {
        { ROOT_LINE NAME "\n", NULL, "/etc/passwd:2: 1 fields instead of 7" },
        { ROOT_LINE NAME ":x:1:1:::sh:more\n", NULL, "/etc/passwd:2: 8 fields instead of 7" },
        { ROOT_LINE NAME ":x:one:1:::\n", NULL, "/etc/passwd:2: an id that is not a number" },
        { ROOT_LINE NAME ":x:-1:1:::\n", NULL, "/etc/passwd:2: an id that is not a number" },
        { ROOT_LINE NAME ":x:4294967295:1:::\n", NULL,
          "/etc/passwd:2: an id that is not a number" },
        { ROOT_LINE " " NAME ":x:1:1:::\n", NULL, "/etc/passwd:2: blanks before the name" },
        { ROOT_LINE "broken\n" NAME ":x:1:1:::\n", NULL, NULL },
        { ROOT_LINE "\n  \n# comment\n+@admins::::::\n-nobody\n", NULL, NULL },
        { "root:x:0:0:root:/root:/bin/bash", NULL, NULL },
        { "", NULL, NULL },
        { ROOT_LINE, NAME ":x:0\n", "/etc/group:1: 3 fields instead of 4" },
        { ROOT_LINE, NAME ":x:0x0:\n", "/etc/group:1: an id that is not a number" },
        { ROOT_LINE, "root:x:0:a,b,c\n", NULL },
};

static void names_the_malformed_line(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(malformed); i++) {
                const struct malformed *m = &malformed[i];
                struct sample f = { m->passwd, m->group ? m->group : "root:x:0:\n", NULL, NULL };
                struct scratch s;
                _cleanup_account_ struct account a = { .user = false };
                _cleanup_free_ char *why = NULL;
                fill(&s, &f);
                int r = account_read(&s.sys, NAME, &a, &why);
                assert_int_equal(r, m->why ? -EBADMSG : 0);
                if (m->why)
                        assert_string_equal(why, m->why);
                scratch_close(&s);
        }
}

static void refuses_a_nul(void **state)
{
        (void)state;
        static const char bytes[] = ROOT_LINE NAME "\0:x:1:1:::\n";
        struct scratch s;
        _cleanup_account_ struct account a = { .user = false };
        _cleanup_free_ char *why = NULL;
        fill(&s, &healthy);
        scratch_bytes(&s, "/etc/passwd", bytes, sizeof(bytes) - 1);
        assert_int_equal(account_read(&s.sys, NAME, &a, &why), -EBADMSG);
        assert_string_equal(why, "/etc/passwd:2: a NUL byte");
        scratch_close(&s);
}

static const struct {
        const char *field, *shadow; /* NULL: no shadow file */
        enum password expected;
} passwords[] = {
        { "x", NAME ":!:1::::::\n", PASSWORD_LOCKED },
        { "x", NAME ":*:1::::::\n", PASSWORD_LOCKED },
        { "x", NAME ":!$6$salt$hashhashhash:1::::::\n", PASSWORD_LOCKED },
        { "x", NAME ":$6$salt$hashhashhash:1::::::\n", PASSWORD_USABLE },
        { "x", NAME ":abcdefghijklm:1::::::\n", PASSWORD_USABLE }, /* DES */
        { "x", NAME ":NP:1::::::\n", PASSWORD_LOCKED },
        { "x", NAME "::1::::::\n", PASSWORD_EMPTY },
        { "x", "root:*:1::::::\n", PASSWORD_LOCKED },
        { "x", NULL, PASSWORD_LOCKED },
        { "", NAME ":!:1::::::\n", PASSWORD_EMPTY },
        { "$6$salt$hashhashhash", NULL, PASSWORD_USABLE },
        { "!", NULL, PASSWORD_LOCKED },
};

static void tells_passwords_apart(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(passwords); i++) {
                struct scratch s;
                _cleanup_account_ struct account a = { .user = false };
                _cleanup_free_ char *line = xasprintf(NAME ":%s:9:9:::\n", passwords[i].field);
                struct sample f = { line, "root:x:0:\n", passwords[i].shadow, NULL };
                fill(&s, &f);
                assert_int_equal(account_read(&s.sys, NAME, &a, NULL), 0);
                assert_int_equal(a.password, passwords[i].expected);
                scratch_close(&s);
        }
}

static void changes_one_number_and_back(void **state)
{
        (void)state;
        struct scratch s;
        fill(&s, &healthy);
        assert_int_equal(account_change_id(&s.sys, ACCOUNT_UID, NAME, 990, 7, NULL), 0);
        assert_file(&s, "/etc/passwd",
                    ROOT_LINE NAME ":x:7:989:scan:/nonexistent:/usr/sbin/nologin\n"
                                   "zed:x:1000:1000::/home/z:/bin/sh\n");
        assert_int_equal(account_change_id(&s.sys, ACCOUNT_UID, NAME, 990, 7, NULL), 0);
        _cleanup_free_ char *why = NULL;
        assert_int_equal(account_change_id(&s.sys, ACCOUNT_UID, NAME, 990, 8, &why), -ESTALE);
        assert_non_null(strstr(why, "left as it is"));
        assert_int_equal(account_change_id(&s.sys, ACCOUNT_UID, NAME, 7, 990, NULL), 0);
        assert_file(&s, "/etc/passwd", healthy.passwd);
        assert_int_equal(account_change_id(&s.sys, ACCOUNT_GROUP_GID, NAME, 989, 5, NULL), 0);
        assert_file(&s, "/etc/group", "root:x:0:\n" NAME ":x:5:\nzed:x:1000:\n");
        scratch_close(&s);
}

/* The last line without its newline keeps it so. */
static void removes_and_keeps_the_end(void **state)
{
        (void)state;
        struct scratch s;
        struct sample f = { "root:x:0:0:root:/root:/bin/bash",
                            "root:x:0:", "root:*:1::::::", "root:*::" };
        unsigned bits = 0;
        fill(&s, &f);
        assert_int_equal(account_unterminated(&s.sys, &bits, NULL), 0);
        assert_int_equal(bits, 15);
        scratch_write(&s, "/etc/passwd", ROOT_LINE NAME ":x:9:9::/nonexistent:/sbin/nologin\n");
        scratch_write(&s, "/etc/shadow", "root:*:1::::::\n" NAME ":!:1::::::\n");
        scratch_write(&s, "/etc/group", "root:x:0:\n" NAME ":x:9:\n");
        scratch_write(&s, "/etc/gshadow", "root:*::\n" NAME ":!::\n");
        for (int twice = 0; twice < 2; twice++) {
                assert_int_equal(account_remove_user(&s.sys, NAME, bits, NULL), 0);
                assert_int_equal(account_remove_group(&s.sys, NAME, bits, NULL), 0);
                assert_file(&s, "/etc/passwd", f.passwd);
                assert_file(&s, "/etc/group", f.group);
                assert_file(&s, "/etc/shadow", f.shadow);
                assert_file(&s, "/etc/gshadow", f.gshadow);
        }
        scratch_close(&s);
}

static void leaves_what_somebody_changed(void **state)
{
        (void)state;
        struct scratch s;
        struct sample f = { ROOT_LINE NAME ":x:9:9:::/bin/bash\n", "root:x:0:\n" NAME ":x:9:zed\n",
                            "root:*:1::::::\n", "root:*::\n" };
        fill(&s, &f);
        assert_int_equal(account_remove_user(&s.sys, NAME, 0, NULL), -ESTALE);
        assert_int_equal(account_remove_group(&s.sys, NAME, 0, NULL), -ESTALE);
        assert_file(&s, "/etc/passwd", f.passwd);
        assert_file(&s, "/etc/group", f.group);
        scratch_close(&s);
}

static void unlocks_what_was_locked(void **state)
{
        (void)state;
        struct scratch s;
        struct sample f = { ROOT_LINE NAME ":x:9:9:::/bin/false\n", "root:x:0:\n",
                            NAME ":!$6$a$b:1::::::\n", NULL };
        fill(&s, &f);
        assert_int_equal(account_unlock_password(&s.sys, NAME, PASSWORD_IN_SHADOW, NULL), 0);
        assert_file(&s, "/etc/shadow", NAME ":$6$a$b:1::::::\n");
        assert_int_equal(account_unlock_password(&s.sys, NAME, PASSWORD_IN_SHADOW, NULL), 0);
        assert_file(&s, "/etc/shadow", NAME ":$6$a$b:1::::::\n");
        scratch_close(&s);
}

static void finds_a_free_id(void **state)
{
        (void)state;
        struct scratch s;
        fill(&s, &healthy);
        scratch_write(&s, "/etc/login.defs", "SYS_UID_MIN 988\nSYS_UID_MAX 990\nSYS_GID_MAX 100\n");
        unsigned id = 0;
        _cleanup_free_ char *why = NULL;
        assert_int_equal(account_free_uid(&s.sys, &id, NULL), 0);
        assert_int_equal(id, 988); /* 990 a user, 989 a group */
        scratch_write(&s, "/etc/login.defs", "SYS_UID_MIN 989\nSYS_UID_MAX 990\n");
        assert_int_equal(account_free_uid(&s.sys, &id, &why), -ERANGE);
        assert_string_equal(why, "no system id between 989 and 990 is free");
        scratch_close(&s);
}

static void waits_for_no_fifo(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/etc/group", "g:x:998:\n");
        assert_int_equal(mkfifo(scratch_path(&s, "/etc/.pwd.lock"), 0600), 0);
        alarm(10);
        assert_int_equal(account_remove_group(&s.sys, "g", 0, NULL), -EINVAL);
        alarm(0);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_an_account),
                cmocka_unit_test(names_the_malformed_line),
                cmocka_unit_test(refuses_a_nul),
                cmocka_unit_test(tells_passwords_apart),
                cmocka_unit_test(changes_one_number_and_back),
                cmocka_unit_test(removes_and_keeps_the_end),
                cmocka_unit_test(leaves_what_somebody_changed),
                cmocka_unit_test(unlocks_what_was_locked),
                cmocka_unit_test(finds_a_free_id),
                cmocka_unit_test(waits_for_no_fifo),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
