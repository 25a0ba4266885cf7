/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a step reads. */
#include "tests/unit/scratch.h"

#include "repair/kind.h"

static void test_says(void **state)
{
        static const struct {
                enum step_kind kind;
                const char *target, *key, *value, *text;
        } rows[] = {
                { STEP_CREATE_USER, "u", "g", "", "create user u" },
                { STEP_SET_MODE, "/d", "", "0755", "set the mode of /d to 0755" },
                { STEP_MOVE_FILE, "/a", "1:2:3", "/b", "move /a to /b" },
                { STEP_INSTALL_PACKAGE, "p", "", "", "install package p" },
                { STEP_INSTALL_PACKAGE, "p", "1.2", "", "install package p 1.2" },
                { STEP_INSTALL_MODULE, "m", "200", "(text\n)",
                  "install SELinux module m at priority 200" },
                { STEP_BUILD_KMOD, "m", "6.1", "/src",
                  "build and install kernel module m for kernel 6.1" },
                { STEP_RESTART_SERVICE, "u.service", "/p", "/p", "restart service u.service" },
                { STEP_SET_CPU_QUOTA, "u.service", "/p", "20",
                  "limit the CPU of u.service to 20 per cent" },
                { STEP_KINDS, "x", "", "", "unknown step x" },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct step step = {
                        .kind = rows[i].kind,
                        .target = (char *)(uintptr_t)rows[i].target,
                        .key = (char *)(uintptr_t)rows[i].key,
                        .value = (char *)(uintptr_t)rows[i].value,
                };
                _cleanup_free_ char *text = kind_say(&step);
                assert_string_equal(text, rows[i].text);
        }
}

/* What a run log holds has to be found again, and what is printed has to have words. */
static void test_every_kind_is_there(void **state)
{
        (void)state;
        for (int k = 0; k < STEP_KINDS; k++) {
                const struct kind *kind = kind_of((enum step_kind)k);
                assert_non_null(kind);
                assert_int_equal(step_kind_by_name(step_kind_name(kind->kind)), k);
                assert_non_null(kind->text);
                assert_non_null(kind->apply);
                assert_int_equal(kind->revert == NULL, (kind->flags & KIND_FINAL) != 0);
                assert_non_null(kind->stand);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_says),
                cmocka_unit_test(test_every_kind_is_there),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
