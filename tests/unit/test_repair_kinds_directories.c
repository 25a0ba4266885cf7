/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set-mode: each mode there is, and what is none. */
#include "scratch.h"

#include <errno.h>

#include "lib/json.h"
#include "repair/kind.h"

static void test_modes(void **state)
{
        static const struct {
                const char *value;
                int r;
                unsigned mode;
        } rows[] = {
                { "7777", 0, 07777 },       { "0", 0, 0 },           { "0755", 0, 0755 },
                { "10000", -EINVAL, 0755 }, { "", -EINVAL, 0755 },   { "0755x", -EINVAL, 0755 },
                { "0800", -EINVAL, 0755 },  { "-1", -EINVAL, 0755 },
        };
        const struct kind *kind = kind_of(STEP_SET_MODE);
        struct scratch s;
        struct stat st;
        (void)state;
        NEEDS_ROOT(); /* an account without rights does not open its directory of mode 0 */
        scratch_open(&s);
        assert_int_equal(sys_mkdirs(&s.sys, "/opt/x", 0755), 0);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct step step = { STEP_SET_MODE, 5, (char[]){ "/opt/x" }, (char[]){ "" },
                                     (char *)(uintptr_t)rows[i].value };
                struct change c = { .sys = &s.sys, .step = &step, .lock_fd = -1 };
                _cleanup_free_ char *why = NULL;
                json_t *undo = json_object();
                assert_int_equal(kind->prepare(&c, undo, NULL), 0);
                assert_int_equal(kind->apply(&c, undo, &why), rows[i].r);
                assert_int_equal(why != NULL, rows[i].r < 0);
                assert_int_equal(sys_stat(&s.sys, "/opt/x", &st), 0);
                assert_int_equal(st.st_mode & 07777, rows[i].mode);
                json_decref(undo);
        }
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_modes) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
