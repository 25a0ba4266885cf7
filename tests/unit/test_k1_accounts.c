/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of somebody else's files: passwd, group and login.defs, as their own libraries read them.
 */
#include "scratch.h"

#include <errno.h>

#include "accounts/accounts.h"
#include "accounts/login_defs.h"
#include "accounts/toggle.h"
#include "faults/fault.h"
#include "lib/conf.h"

#define NAME "cisco-amp-scan-svc"
#define USER NAME ":x:990:989::/nonexistent:/usr/sbin/nologin\n"
#define GROUP_LINE NAME ":x:989:\n"
#define ROOT "root:x:0:0:root:/root:/bin/sh\n"

/* Each is read; the account is well. */
static const struct {
        const char *passwd, *group;
} foreign[] = {
        { ROOT USER, "http:x:100:http:me\n" GROUP_LINE },
        { ROOT "odd:x:1001:1001::/home/odd\n" USER, GROUP_LINE },
        { ROOT "odd:x:1001:1001::/home/odd:/bin/sh:more\n" USER, GROUP_LINE },
        { ROOT "odd:x:one:1001::/home/odd:/bin/sh\n" USER, GROUP_LINE },
        { ROOT ":x:1:1:::\n" USER, GROUP_LINE },
        { ROOT "just words\n" USER, "g\n" GROUP_LINE },
        { ROOT "max:x:4294967295:1:::\n" USER, "neg:x:-1:\n" GROUP_LINE },
        { ROOT "  #a:b\n" USER, "three:x:7\n" GROUP_LINE },
};

static void passes_over_lines_of_others(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
                struct scratch s;
                _cleanup_account_ struct account a = { .user = false };
                scratch_open(&s);
                scratch_write(&s, "/etc/passwd", foreign[i].passwd);
                scratch_write(&s, "/etc/group", foreign[i].group);
                assert_int_equal(account_read(&s.sys, NAME, &a, NULL), 0);
                assert_true(a.user && a.group);
                assert_int_equal(a.uid, 990);
                assert_int_equal(a.gid, 989);
                assert_int_equal(a.again.line, 0);
                scratch_close(&s);
        }
}

/* Ids that glibc reads out of a line the shadow tools do not are not free. */
static void ids_of_odd_lines_are_taken(void **state)
{
        (void)state;
        struct scratch s;
        unsigned id = 0;
        scratch_open(&s);
        scratch_write(&s, "/etc/passwd", ROOT "a:x:999:1::/home/a\n");
        scratch_write(&s, "/etc/group", "b:x:998\nc:x: 997:x:y\n");
        assert_int_equal(account_free_uid(&s.sys, &id, NULL), 0);
        assert_int_equal(id, 996);
        scratch_close(&s);
}

static void probe(struct scratch *s, struct finding *f)
{
        assert_int_equal(conf_load(&s->sys, NULL), 0);
        (void)fault_by_id(5)->probe(&s->sys, f);
}

static bool noted(const struct finding *f, const char *part)
{
        for (char **n = f->notes; n && *n; n++)
                if (strstr(*n, part))
                        return true;
        return false;
}

static void names_a_second_line(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_finding_ struct finding f = FINDING_INIT;
        scratch_open(&s);
        scratch_write(&s, "/etc/passwd", ROOT USER);
        scratch_write(&s, "/etc/group", "root:x:0:\n" GROUP_LINE GROUP_LINE);
        probe(&s, &f);
        assert_int_equal(f.verdict, VERDICT_OK);
        assert_true(noted(&f, "/etc/group:3: " NAME " stands in line 2 already"));
        assert_true(noted(&f, "take line 3 out with vigr"));
        scratch_close(&s);
}

/* What usermod would have to change and refuses to. */
static void a_second_user_blocks_its_lock(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_finding_ struct finding f = FINDING_INIT;
        scratch_open(&s);
        scratch_write(&s, "/etc/passwd", ROOT USER USER);
        scratch_write(&s, "/etc/group", GROUP_LINE);
        scratch_write(&s, "/etc/shadow", NAME "::1::::::\n");
        probe(&s, &f);
        assert_int_equal(f.verdict, VERDICT_BLOCKED);
        assert_non_null(strstr(f.why, "/etc/passwd:3"));
        scratch_close(&s);
}

static const struct {
        const char *login_defs;
        unsigned min, max;
        const char *disputed; /* the number that shadow 4.13 and 4.17 read in two ways */
} ranges[] = {
        { "UID_MIN 500\n", 101, 499 },
        { "UID_MIN 500\nSYS_UID_MAX 300\n", 101, 300 },
        { "UID_MIN 0x1f4\n", 101, 499 }, /* strtoul(3) of base 0 */
        { "SYS_UID_MAX 0500\n", 101, 320 },
        { "SYS_UID_MAX many\n", 101, 999 },
        { "UID_MIN 500\nSYS_UID_MAX 5OO\n", 101, 499 },
        { "SYS_UID_MIN \"201\"\n", 201, 999 },
        { "", 101, 999 },
        /* a range that is the system's to both, whichever has the last word */
        { "SYS_UID_MIN 201\r\nSYS_UID_MAX 300\r\n", 201, 300, "SYS_UID_MAX" },
        { "SYS_UID_MIN 50\r\n", 101, 999, "SYS_UID_MIN" },
        { "SYS_UID_MAX 5000\v\nUID_MIN 6000\f\n", 101, 999, "SYS_UID_MAX" },
        { "UID_MIN 500\r\n", 101, 499, "UID_MIN" },
        { "SYS_UID_MAX 300\r\nSYS_UID_MAX 400\n", 101, 400 },
        { "SYS_UID_MAX many\r\n# SYS_UID_MIN 5\r\n", 101, 999 },
};

static void system_ids_end_before_uid_min(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
                struct scratch s;
                unsigned min = 0, max = 0;
                scratch_open(&s);
                scratch_write(&s, "/etc/login.defs", ranges[i].login_defs);
                const char *disputed = "";
                assert_int_equal(
                        account_system_range(&s.sys, ACCOUNT_USERS, &min, &max, &disputed, NULL),
                        0);
                assert_int_equal(min, ranges[i].min);
                assert_int_equal(max, ranges[i].max);
                if (ranges[i].disputed)
                        assert_string_equal(disputed, ranges[i].disputed);
                else
                        assert_null(disputed);
                scratch_close(&s);
        }
}

/* --- libeconf --- */

#define VENDOR "# the vendor's\nUMASK 022\nUSERGROUPS_ENAB no\nUID_MIN 1000\n"

static void assert_key(struct scratch *s, const char *key, const char *value)
{
        _cleanup_free_ char *text = NULL, *found = NULL;
        size_t len = 0;
        assert_int_equal(login_defs_read(&s->sys, &text, &len, NULL), 0);
        found = login_defs_get(text, len, key);
        assert_non_null(found);
        assert_string_equal(found, value);
}

static void reads_the_vendors_file(void **state)
{
        (void)state;
        struct scratch s;
        scratch_open(&s);
        scratch_write(&s, "/usr/etc/login.defs", VENDOR);
        scratch_write(&s, "/usr/sbin/useradd", "libeconf.so.0 /usr/etc");
        assert_key(&s, "UMASK", "022");
        scratch_write(&s, "/usr/etc/login.defs.d/10-a.defs", "UMASK 077\n");
        assert_key(&s, "UMASK", "077");
        scratch_write(&s, "/etc/login.defs.d/10-a.defs", "UMASK 027\n"); /* hides its namesake */
        assert_key(&s, "UMASK", "027");
        scratch_write(&s, "/etc/login.defs.d/20-b.defs", "USERGROUPS_ENAB yes");
        assert_key(&s, "USERGROUPS_ENAB", "yes");
        scratch_write(&s, "/etc/login.defs", "UID_MIN 500\n"); /* hides the vendor's */
        assert_key(&s, "UID_MIN", "500");
        scratch_close(&s);
}

/* Tools without libeconf look at none of it. */
static void other_tools_do_not(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_free_ char *text = NULL, *value = NULL;
        size_t len = 0;
        scratch_open(&s);
        scratch_write(&s, "/usr/etc/login.defs", VENDOR);
        scratch_write(&s, "/etc/login.defs.d/20-b.defs", "USERGROUPS_ENAB yes\n");
        scratch_write(&s, "/usr/sbin/useradd", "libselinux.so.1");
        assert_int_equal(login_defs_read(&s.sys, &text, &len, NULL), -ENOENT);
        assert_int_equal(login_defs_usergroups(&s.sys, &value, NULL), 0);
        scratch_close(&s);
}

/* The command of with-usergroups sees the whole file, and nothing is left of it. */
static void lays_the_key_over_the_vendors_file(void **state)
{
        (void)state;
        struct scratch s;
        scratch_open(&s);
        scratch_write(&s, "/usr/etc/login.defs", VENDOR);
        scratch_write(&s, "/etc/hosts", "");
        assert_int_equal(toggle_on_disk(&s.sys, NULL, 0, "yes", NULL), 0);
        assert_key(&s, "USERGROUPS_ENAB", "yes");
        assert_key(&s, "UMASK", "022");
        assert_int_equal(toggle_is_there(&s.sys, NULL, 0, "yes", NULL), 1);
        assert_int_equal(toggle_put_back(&s.sys, NULL, 0, "yes", NULL), 0);
        assert_false(sys_exists(&s.sys, "/etc/login.defs"));
        assert_key(&s, "USERGROUPS_ENAB", "no");
        scratch_close(&s);
}

static void refuses_a_key_that_is_outranked(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_free_ char *why = NULL;
        scratch_open(&s);
        scratch_write(&s, "/usr/etc/login.defs", VENDOR);
        scratch_write(&s, "/etc/login.defs.d/20-b.defs", "USERGROUPS_ENAB no\n");
        assert_int_equal(toggle_on_disk(&s.sys, NULL, 0, "yes", &why), -EBUSY);
        assert_non_null(strstr(why, "/etc/login.defs.d/20-b.defs sets USERGROUPS_ENAB"));
        assert_false(sys_exists(&s.sys, "/etc/login.defs"));
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(passes_over_lines_of_others),
                cmocka_unit_test(ids_of_odd_lines_are_taken),
                cmocka_unit_test(names_a_second_line),
                cmocka_unit_test(a_second_user_blocks_its_lock),
                cmocka_unit_test(system_ids_end_before_uid_min),
                cmocka_unit_test(reads_the_vendors_file),
                cmocka_unit_test(other_tools_do_not),
                cmocka_unit_test(lays_the_key_over_the_vendors_file),
                cmocka_unit_test(refuses_a_key_that_is_outranked),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
