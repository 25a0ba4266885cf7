/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who can have put a file where it is: every directory above it counts, those on a symlink's way too. */
#include "lib/trust.h"

#include "tests/unit/resolution.h"

static void test_trusted(void **state)
{
        static const struct {
                const char *others, *path; /* may be written by others; asked about */
                int r;
        } rows[] = {
                { NULL, "/etc/file", 0 },
                { NULL, "lib/../lib/./os-release", 0 },
                { NULL, "absolute", 0 },
                { NULL, "usr/climber", 0 },
                { NULL, "loop", -ELOOP },
                { NULL, "etc/none", -ENOENT },
                { "etc", "etc/file", -EPERM },
                { "etc/file", "etc/file", -EPERM },
                { "usr/lib", "lib/os-release", -EPERM },
                { "usr", "usr/climber", -EPERM },
                { "etc", "usr/climber", -EPERM },
                { "etc", "lib/os-release", 0 },
                { "", "etc/file", -EPERM },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct scratch s;
                _cleanup_free_ char *why = NULL;
                fill(&s);
                if (rows[i].others)
                        assert_int_equal(chmod(scratch_path(&s, rows[i].others), 0757), 0);
                assert_int_equal(sys_trusted(&s.sys, rows[i].path, &why), rows[i].r);
                assert_true(rows[i].r == 0 || why);
                scratch_close(&s);
        }
}

static void test_owner(void **state)
{
        struct scratch s;
        _cleanup_free_ char *why = NULL;
        (void)state;
        NEEDS_ROOT();
        fill(&s);
        assert_int_equal(chown(scratch_path(&s, "usr/lib"), 1000, 0), 0);
        assert_int_equal(sys_trusted(&s.sys, "lib/os-release", &why), -EPERM);
        assert_string_equal(why, "/usr/lib belongs to uid 1000, not to root");
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_trusted),
                cmocka_unit_test(test_owner),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
