/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The restart that ends a run: left out where the scan process runs, but only when that is all that is asked. */
#include "repair/restart.h"

#include "connector/paths.h"
#include "tests/unit/scratch.h"

/* The restart planned for one fault that asks so; LATER: another's plan restarts the service itself. The key is
 * the program whose running makes it unnecessary, "" none. malloc'ed. */
static char *key_for(const struct scratch *s, unsigned asks, bool later)
{
        struct report report = { 0 };
        report_add(&report, fault_by_id(6))->plan.restart = asks;
        struct step step = { .kind = STEP_RESTART_SERVICE,
                             .target = (char *)connector_path(&s->sys, PATH_SERVICE),
                             .key = (char *)"",
                             .value = (char *)"" };
        if (later) {
                struct outcome *o = report_add(&report, fault_by_id(7));
                o->plan.restart = PLAN_RESTART_UNLESS_RUNS;
                outcome_add_step(o, &step)->state = STATE_PLANNED;
        }
        restart_plan(&s->sys, &report);
        assert_int_equal(report.closing.n, 1);
        assert_int_equal(report.closing.steps[0].kind, STEP_RESTART_SERVICE);
        char *key = xstrdup(report.closing.steps[0].key);
        report_free(&report);
        return key;
}

static void test_needed(void **state)
{
        const struct {
                unsigned asks;
                bool later, unless;
        } rows[] = {
                { PLAN_RESTART, false, false },
                { PLAN_RESTART | PLAN_RESTART_UNLESS_RUNS, false, true },
                { PLAN_RESTART, true, true },
        };
        struct scratch s;
        (void)state;
        scratch_open(&s);
        s.sys.live = true;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *key = key_for(&s, rows[i].asks, rows[i].later);
                assert_string_equal(key,
                                    rows[i].unless ? connector_path(&s.sys, PATH_SCANNER) : "");
        }
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_needed) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
