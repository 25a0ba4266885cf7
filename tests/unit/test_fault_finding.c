/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a look learned goes into the plan whole; who is judged at all. */
#include "tests/unit/scratch.h"

#include "faults/fault.h"
#include "faults/gate.h"

static void test_learned_is_planned(void **state)
{
        _cleanup_finding_ struct finding f = FINDING_INIT;
        struct plan plan = { .restart = PLAN_RESTART };
        (void)state;
        plan_add(&plan, STEP_CREATE_GROUP, "g", NULL, NULL);
        plan_add(&f.learned, STEP_SET_MODE, "/d", NULL, "0755");
        f.learned.restart = PLAN_RESTART_AWAIT;
        finding_to_plan(&f, &plan);
        assert_int_equal(plan.n, 2);
        assert_int_equal(plan.steps[0].kind, STEP_CREATE_GROUP);
        assert_string_equal(plan.steps[1].target, "/d");
        assert_int_equal(plan.restart, PLAN_RESTART | PLAN_RESTART_AWAIT);
        assert_int_equal(f.learned.n, 0);
        finding_to_plan(&f, &plan); /* nothing twice, and nothing taken back */
        assert_int_equal(plan.n, 2);
        assert_int_equal(plan.restart, PLAN_RESTART | PLAN_RESTART_AWAIT);
        plan_free(&plan);
}

static void test_judged_live(void **state)
{
        struct scratch s;
        static const struct {
                bool installed, live;
                int judged;
                const char *why;
        } rows[] = {
                { false, false, 0, "the connector is not installed" },
                { false, true, 0, "the connector is not installed" },
                { true, false, 0, "only where it runs" },
                { true, true, 1, NULL },
        };
        (void)state;
        scratch_open(&s);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_finding_ struct finding f = FINDING_INIT;
                if (rows[i].installed)
                        scratch_write(&s, "/opt/cisco/amp/bin/ampdaemon", "");
                s.sys.live = rows[i].live;
                assert_int_equal(connector_judged_live(&s.sys, "only where it runs", &f),
                                 rows[i].judged);
                if (!rows[i].why) {
                        assert_null(f.why);
                        continue;
                }
                assert_int_equal(f.verdict, VERDICT_NOT_APPLICABLE);
                assert_string_equal(f.why, rows[i].why);
        }
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_learned_is_planned),
                cmocka_unit_test(test_judged_live),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
