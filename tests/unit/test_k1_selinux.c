/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/selinux/config read as libselinux reads it, and a policy file that is gone. */
#include "scratch.h"

#include <errno.h>

#include "selinux/secep_selinux.h"

static const struct {
        const char *config;
        int r;
        enum selinux_mode mode;
        const char *type;
} rows[] = {
        { "SELINUX=enforcing # x\nSELINUXTYPE=t\n", 0, SELINUX_ENFORCING, "t" },
        { "SELINUX= enforcing\nselinuxtype=t\n", 0, SELINUX_ENFORCING, "t" },
        { "SELINUX=permissive\nSELINUX=enforcing\nSELINUXTYPE=t\n", 0, SELINUX_PERMISSIVE, "t" },
        { "SELINUX=nonsense\nSELINUX=enforcing\nSELINUXTYPE=t\n", 0, SELINUX_ENFORCING, "t" },
        { "SELINUX=enforcingly\r\n SELINUXTYPE=other\nSELINUXTYPE=t\r\n", 0, SELINUX_ENFORCING,
          "t" },
        { " SELINUX=disabled\nSELINUX=enforcing\nSELINUXTYPE=t\n", 0, SELINUX_ENFORCING, "t" },
        { "SELINUX=nonsense\nSELINUXTYPE=t\n", -EBADMSG, SELINUX_ABSENT, NULL },
        { "selinux=enforcing\nSELINUXTYPE=t\n", -EBADMSG, SELINUX_ABSENT, NULL },
};

static void the_config_is_libselinuxs(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct scratch s;
                _cleanup_selinux_state_ struct selinux_state st = { 0 };
                scratch_open(&s);
                scratch_write(&s, "/etc/selinux/config", rows[i].config);
                scratch_write(&s, "/etc/selinux/t/policy/policy.33", "x");
                assert_int_equal(selinux_state_read(&s.sys, &st, NULL), rows[i].r);
                if (rows[i].r == 0) {
                        assert_int_equal(st.mode, rows[i].mode);
                        assert_string_equal(st.type, rows[i].type);
                }
                scratch_close(&s);
        }
}

/* Where no type is named, it is the one that is there. */
static void an_unnamed_type_is_the_one_there(void **state)
{
        static const struct {
                const char *there, *also, *type;
        } rows_of[] = {
                { "targeted", NULL, "targeted" },
                { "default", NULL, "default" },
                { "default", "targeted", "targeted" },
                { "mls", NULL, "targeted" },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows_of); i++) {
                struct scratch s;
                _cleanup_selinux_state_ struct selinux_state st = { 0 };
                _cleanup_free_ char *there = xasprintf("/etc/selinux/%s/x", rows_of[i].there);
                scratch_open(&s);
                scratch_write(&s, "/etc/selinux/config", "SELINUX=enforcing\n");
                scratch_write(&s, there, "x");
                if (rows_of[i].also)
                        scratch_write(&s, "/etc/selinux/targeted/x", "x");
                assert_int_equal(selinux_state_read(&s.sys, &st, NULL), 0);
                assert_string_equal(st.type, rows_of[i].type);
                scratch_close(&s);
        }
}

/* Without its policy file, a whole store is not "absent". */
static void a_missing_policy_is_not_absent(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_selinux_state_ struct selinux_state st = { 0 };
        scratch_open(&s);
        scratch_write(&s, "/etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=t\n");
        scratch_write(&s, "/var/lib/selinux/t/active/modules/100/base/cil", "x");
        scratch_write(&s, "/var/lib/selinux/t/active/modules/100/base/lang_ext", "cil");
        assert_int_equal(selinux_state_read(&s.sys, &st, NULL), 0);
        assert_int_equal(st.mode, SELINUX_ENFORCING);
        assert_null(st.policy);
        assert_true(st.store);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_config_is_libselinuxs),
                cmocka_unit_test(an_unnamed_type_is_the_one_there),
                cmocka_unit_test(a_missing_policy_is_not_absent),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
