/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often a repair asks: each of the nine faults is counted, on a root that has some of them. */
#include "tests/unit/scratch.h"

#include "faults/table.h"
#include "lib/conf.h"
#include "repair/session.h"

#define NAME "cisco-amp-scan-svc"

#define PLACE(name) PLACE_##name,
enum { FAULTS(PLACE) };

static struct counts {
        int looks, proofs, plans;
} counts[FAULTS_COUNT];

static int count_probe(int i, const struct sys *sys, struct finding *f)
{
        counts[i].looks++;
        counts[i].proofs += sys->depth == DEPTH_PROVE;
        return faults[i]->probe(sys, f);
}

static int count_plan(int i, const struct sys *sys, struct finding *f, struct plan *plan)
{
        counts[i].plans++;
        return faults[i]->plan(sys, f, plan);
}

/* The functions of a fault do not know which fault it is: a pair each. */
#define COUNTED(name)                                                                              \
        static int probe_##name(const struct sys *sys, struct finding *f)                          \
        {                                                                                          \
                return count_probe(PLACE_##name, sys, f);                                          \
        }                                                                                          \
        static int plan_##name(const struct sys *sys, struct finding *f, struct plan *plan)        \
        {                                                                                          \
                return count_plan(PLACE_##name, sys, f, plan);                                     \
        }
FAULTS(COUNTED)

#define PAIR(name) { probe_##name, plan_##name },
static const struct {
        int (*probe)(const struct sys *, struct finding *);
        int (*plan)(const struct sys *, struct finding *, struct plan *);
} counted[] = { FAULTS(PAIR) };

static struct fault wrapped[FAULTS_COUNT];

static void root_make(struct scratch *s)
{
        scratch_open(s);
        scratch_write(s, "/etc/passwd",
                      "root:x:0:0:root:/root:/bin/sh\n" NAME
                      ":x:998:998::/nonexistent:/usr/sbin/nologin\n");
        scratch_write(s, "/etc/group", "root:x:0:\n" NAME ":x:998:\n");
        scratch_write(s, "/etc/shadow", "root:*:1::::::\n" NAME ":!:1::::::\n");
        scratch_write(s, "/etc/login.defs", "USERGROUPS_ENAB yes\n");
        scratch_write(s, "/etc/os-release", "ID=debian\nVERSION_ID=12\n");
        scratch_write(s, "/lib/modules/6.1.0-1-amd64/modules.builtin", "");
        static const char *const programs[] = { "ampdaemon", "ampscansvc" };
        for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
                _cleanup_free_ char *path = xasprintf("/opt/cisco/amp/bin/%s", programs[i]);
                scratch_write(s, path, "x");
                assert_int_equal(chmod(scratch_path(s, path), 0755), 0);
        }
        scratch_write(s, "/opt/cisco/amp/clamav/broken.cvd", "no signatures at all\n");
        scratch_write(s, "/opt/cisco/amp/etc/global.xml", "<x/>");
        assert_int_equal(chmod(scratch_path(s, "/opt/cisco/amp/etc"), 0700), 0);
        assert_int_equal(conf_load(&s->sys, NULL), 0);
        s->sys.deadline = now_ms() + 60000;
}

static void repair(struct scratch *s, struct report *report)
{
        static char *const argv[] = { (char *)"secep-repair", NULL };
        const struct fault *list[FAULTS_COUNT + 1] = { NULL };
        _cleanup_free_ char *why = NULL;
        memset(counts, 0, sizeof(counts));
        for (size_t i = 0; i < FAULTS_COUNT; i++) {
                wrapped[i] = *faults[i];
                wrapped[i].probe = counted[i].probe;
                wrapped[i].plan = counted[i].plan;
                list[i] = &wrapped[i];
        }
        const struct session session = { .sys = &s->sys, .faults = list, .argv = argv };
        assert_int_equal(session_repair(&session, report, &why), 0);
}

static const struct outcome *outcome_of(const struct report *report, int id)
{
        for (size_t i = 0; i < report->n; i++)
                if (report->outcomes[i].fault->id == id)
                        return &report->outcomes[i];
        return NULL;
}

/* A look decides whether the lock is wanted; the plan is made from the one under it; the last proves
 * what was done. */
static void test_none_is_made_twice(void **state)
{
        NEEDS_ROOT();
        struct scratch s;
        struct report report = { 0 };
        (void)state;
        root_make(&s);
        repair(&s, &report);
        for (size_t i = 0; i < FAULTS_COUNT; i++) {
                const struct outcome *o = outcome_of(&report, faults[i]->id);
                assert_int_equal(counts[i].looks, o->repaired ? 3 : 2);
                assert_true(counts[i].plans <= 1);
                assert_int_equal(counts[i].proofs,
                                 faults[i]->only_proved ? counts[i].looks : (int)o->repaired);
        }
        assert_true(outcome_of(&report, 5)->repaired);
        assert_true(outcome_of(&report, 7)->repaired);
        assert_int_equal(outcome_of(&report, 5)->after.verdict, VERDICT_OK);
        assert_int_equal(outcome_of(&report, 7)->after.verdict, VERDICT_OK);
        report_free(&report);

        report = (struct report){ 0 }; /* nothing of 5 and 7 is left to do */
        repair(&s, &report);
        for (size_t i = 0; i < FAULTS_COUNT; i++) {
                assert_false(outcome_of(&report, faults[i]->id)->repaired);
                assert_true(counts[i].looks <= 2);
        }
        report_free(&report);
        scratch_close(&s);
}

/* What a look found out goes into the plan as it is, even where the world has changed since. */
static void test_plan_is_made_from_the_look(void **state)
{
        NEEDS_ROOT();
        struct scratch s;
        (void)state;
        root_make(&s);
        struct finding f = FINDING_INIT;
        struct plan plan = { 0 };
        struct sys deep = s.sys;
        const struct fault *five = fault_by_id(5);
        deep.depth = DEPTH_PROVE;
        assert_int_equal(five->probe(&deep, &f), 0);
        assert_int_equal(f.verdict, VERDICT_FAULT);
        assert_int_equal(chmod(scratch_path(&s, "/opt/cisco/amp/bin"), 0700), 0);
        assert_int_equal(five->plan(&deep, &f, &plan), 0);
        assert_int_equal(plan.n, 1);
        assert_string_equal(plan.steps[0].target, "/opt/cisco/amp/etc");
        plan_free(&plan);
        finding_free(&f);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_none_is_made_twice),
                cmocka_unit_test(test_plan_is_made_from_the_look),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
