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

/* ---- what a look found out goes into the plan as it is, even where the world has changed since ---- */

#define RELEASE "6.1.0-1-amd64"
#define TREE "/usr/src/linux-headers-" RELEASE

static void make_five(struct scratch *s)
{
        (void)s;
}

static void change_five(struct scratch *s)
{
        assert_int_equal(chmod(scratch_path(s, "/opt/cisco/amp/bin"), 0700), 0);
        assert_int_equal(chmod(scratch_path(s, "/opt/cisco/amp/etc"), 0755), 0);
}

static void change_seven(struct scratch *s)
{
        assert_int_equal(unlink(scratch_path(s, "/opt/cisco/amp/clamav/broken.cvd")), 0);
}

/* A kernel without eBPF, and neither headers nor make. */
static void make_eight(struct scratch *s)
{
        scratch_write(s, "/boot/config-" RELEASE, "# nothing\n");
        assert_int_equal(unlink(scratch_path(s, "/opt/cisco/amp/bin/ampdaemon")), 0);
}

static void change_eight(struct scratch *s)
{
        scratch_write(s, "/usr/bin/make", "x");
        scratch_write(s, "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nsecep-build:x:9:9::/:/x\n");
}

static void make_eleven(struct scratch *s)
{
        scratch_write(s, TREE "/include/generated/utsrelease.h",
                      "#define UTS_RELEASE \"" RELEASE "\"\n");
        scratch_write(s, TREE "/include/generated/autoconf.h", "#define CONFIG_X 1\n");
        scratch_write(s, TREE "/Module.symvers", "x");
        scratch_write(s, TREE "/Makefile", "all:\n");
        scratch_write(s, TREE "/scripts/mod/modpost", "x");
        scratch_write(s, "/boot/config-" RELEASE, "# nothing\n");
}

static void change_eleven(struct scratch *s)
{
        assert_int_equal(unlink(scratch_path(s, TREE "/Module.symvers")), 0);
}

static void make_sixteen(struct scratch *s)
{
        scratch_write(s, "/etc/secep/kernel-compat.conf",
                      "[debian-10]\nDistribution=debian\nKernel=-5.10\n");
        scratch_write(s, "/lib/modules/5.10.0-1-amd64/vmlinuz", "x");
        scratch_write(s, "/lib/modules/5.10.0-1-amd64/modules.builtin", "x");
}

static void change_sixteen(struct scratch *s)
{
        scratch_write(s, "/etc/secep/kernel-compat.conf",
                      "[debian-10]\nDistribution=debian\nKernel=-5.4\n");
        scratch_write(s, "/etc/os-release", "ID=other\n");
}

/* The policy file is gone, the store it is made from is whole. */
static void make_nineteen(struct scratch *s)
{
        scratch_write(s, "/etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=targeted\n");
        scratch_write(s, "/etc/selinux/targeted/contexts/x", "x");
        scratch_write(s, "/var/lib/selinux/targeted/active/modules/100/base/cil", "x");
}

static void change_nineteen(struct scratch *s)
{
        scratch_write(s, "/etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=other\n");
        scratch_write(s, "/etc/selinux/targeted/policy/policy.33", "x");
}

static const struct carried {
        int fault;
        const char *release;
        void (*make)(struct scratch *s), (*change)(struct scratch *s);
        const char *steps; /* KIND TARGET, ... */
        const char *told;  /* part of what a person is told to do by the plan */
} carried[] = {
        { 5, NULL, make_five, change_five, "set-mode /opt/cisco/amp/etc\n", "" },
        { 7, NULL, make_five, change_seven, "move-file /opt/cisco/amp/clamav/broken.cvd\n", "" },
        { 8, RELEASE, make_eight, change_eight, "install-package make\nbuild-kmod ampfsm\n", "" },
        { 9, RELEASE, make_eight, change_eight, "install-package make\nbuild-kmod ampnetworkflow\n",
          "" },
        { 11, RELEASE, make_eleven, change_eleven, "make-link /lib/modules/" RELEASE "/build\n",
          "" },
        { 16, RELEASE, make_sixteen, change_sixteen, "", "5.10.0-1-amd64" },
        { 19, NULL, make_nineteen, change_nineteen, "rebuild-policy targeted\n", "" },
};

static char *steps_of(const struct plan *plan)
{
        char *text = xstrdup("");
        for (size_t i = 0; i < plan->n; i++) {
                _cleanup_free_ char *old = text;
                text = xasprintf("%s%s %s\n", old, step_kind_name(plan->steps[i].kind),
                                 plan->steps[i].target);
        }
        return text;
}

static void carries(const struct carried *c)
{
        struct scratch s;
        struct finding f = FINDING_INIT;
        struct plan plan = { 0 };
        const struct fault *fault = fault_by_id(c->fault);
        root_make(&s);
        c->make(&s);
        struct sys deep = s.sys;
        deep.depth = DEPTH_PROVE;
        if (c->release) {
                deep.release = xstrdup(c->release);
                deep.release_given = true;
        }
        assert_int_equal(fault->probe(&deep, &f), 0);
        if (f.verdict != VERDICT_FAULT)
                print_message("fault %d: %s\n", c->fault, f.why);
        assert_int_equal(f.verdict, VERDICT_FAULT);
        c->change(&s);
        assert_int_equal(fault->plan(&deep, &f, &plan), 0);
        _cleanup_free_ char *steps = steps_of(&plan);
        assert_string_equal(steps, c->steps);
        if (*c->told)
                assert_non_null(strstr(f.do_text, c->told));
        if (c->release)
                free(deep.release);
        plan_free(&plan);
        finding_free(&f);
        scratch_close(&s);
}

static void test_plan_is_made_from_the_look(void **state)
{
        NEEDS_ROOT();
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(carried); i++)
                carries(&carried[i]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_none_is_made_twice),
                cmocka_unit_test(test_plan_is_made_from_the_look),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
