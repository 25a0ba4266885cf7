/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7 on a root that is not running, and on one made to look like one that is. */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <time.h>

#include "connector/signatures.h"
#include "faults/fault.h"
#include "host/memory.h"
#include "lib/conf.h"

extern const struct fault fault_scan_start;

#define BIN "/opt/cisco/amp/bin/"

static void connector_install(const struct scratch *s)
{
        scratch_write(s, BIN "ampdaemon", "");
        scratch_write(s, BIN "ampscansvc", "x");
        chmod(scratch_path(s, BIN "ampscansvc"), 0755);
}

static void look(const struct scratch *s, struct finding *f)
{
        finding_free(f);
        *f = (struct finding)FINDING_INIT;
        struct sys deep = s->sys; /* as a repair looks */
        deep.depth = DEPTH_PROVE;
        fault_scan_start.probe(&deep, f);
}

static void test_not_running(void **state)
{
        struct finding f = FINDING_INIT;
        struct plan plan = { 0 };
        struct scratch s;

        (void)state;
        scratch_open(&s);
        look(&s, &f);
        assert_int_equal(f.verdict, VERDICT_NOT_APPLICABLE);
        connector_install(&s);
        look(&s, &f);
        assert_int_equal(f.verdict, VERDICT_OK);
        chmod(scratch_path(&s, BIN "ampscansvc"), 0644);
        look(&s, &f);
        assert_int_equal(f.verdict, VERDICT_BLOCKED);
        assert_string_equal(f.cause, "program-missing");
        chmod(scratch_path(&s, BIN "ampscansvc"), 0755);
        scratch_write(&s, "/opt/cisco/amp/clamav/daily.cvd", "no header");
        look(&s, &f);
        assert_int_equal(f.verdict, VERDICT_FAULT);
        assert_string_equal(f.cause, "signatures-invalid");
        assert_int_equal(fault_scan_start.plan(&s.sys, &f, &plan), 0);
        assert_int_equal(plan.n, 1); /* no service to restart there */
        assert_int_equal(plan.steps[0].kind, STEP_MOVE_FILE);
        assert_string_equal(plan.steps[0].target, "/opt/cisco/amp/clamav/daily.cvd");
        assert_true(startswith(plan.steps[0].value, "/var/lib/secep/quarantine/"));
        plan_free(&plan);
        finding_free(&f);
        scratch_close(&s);
}

static void service_enable(const struct scratch *s)
{
        const char *link = "/etc/systemd/system/multi-user.target.wants/cisco-amp.service";

        scratch_parents(s, link);
        assert_int_equal(symlink("/lib/x", scratch_path(s, link)), 0);
}

/* Of files nothing is to be proved where there is none. */
static void test_a_look_at_signatures(void **state)
{
        _cleanup_finding_ struct finding f = FINDING_INIT;
        char whole[CVD_HEADER_SIZE + 1] =
                "ClamAV-VDB:b:1:1:1:d41d8cd98f00b204e9800998ecf8427e:sig:me:1";
        struct scratch s;
        (void)state;
        memset(whole + strlen(whole), ' ', sizeof(whole) - strlen(whole));
        scratch_open(&s);
        connector_install(&s);
        s.sys.depth = DEPTH_LOOK;
        fault_scan_start.probe(&s.sys, &f);
        assert_int_equal(f.verdict, VERDICT_OK);
        scratch_bytes(&s, "/opt/cisco/amp/clamav/daily.cvd", whole, sizeof(whole));
        fault_scan_start.probe(&s.sys, &f);
        assert_int_equal(f.verdict, VERDICT_NOT_ASKED);
        s.sys.live = true; /* as if */
        service_enable(&s);
        scratch_write(&s, "/proc/meminfo", "MemAvailable:  1024 kB\n");
        fault_scan_start.probe(&s.sys, &f);
        assert_int_equal(f.verdict, VERDICT_FAULT);
        assert_string_equal(f.cause, "not-started");
        scratch_close(&s);
}

static void process_make(const struct scratch *s, int pid, const char *program)
{
        char path[64], text[256];
        int64_t now = 0;
        struct timespec t;

        clock_gettime(CLOCK_BOOTTIME, &t);
        now = t.tv_sec * sysconf(_SC_CLK_TCK);
        snprintf(path, sizeof(path), "/proc/%d/stat", pid);
        snprintf(text, sizeof(text),
                 "%d (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %lld 20\n", pid,
                 (long long)(now > 360000 ? now - 360000 : 1));
        scratch_write(s, path, text);
        snprintf(path, sizeof(path), "/proc/%d/status", pid);
        scratch_write(s, path, "Name:\tx\nUid:\t1\t997\t3\t4\n");
        snprintf(path, sizeof(path), "/proc/%d/exe", pid);
        assert_int_equal(symlink(program, scratch_path(s, path)), 0);
}

static void test_live(void **state)
{
        struct finding f = FINDING_INIT;
        struct plan plan = { 0 };
        struct scratch s;

        (void)state;
        scratch_open(&s);
        connector_install(&s);
        s.sys.live = true; /* as if */
        scratch_write(&s, "/proc/meminfo", "MemTotal: 1 kB\nMemAvailable:  1024 kB\n");
        look(&s, &f);
        assert_int_equal(f.verdict, VERDICT_NOT_APPLICABLE); /* not enabled, not running */
        process_make(&s, 70, "/opt/cisco/amp/bin/ampdaemon");
        look(&s, &f);
        assert_int_equal(f.verdict, VERDICT_FAULT); /* a daemon that runs has its scan process */
        assert_int_equal(unlink(scratch_path(&s, "/proc/70/exe")), 0);
        service_enable(&s);
        look(&s, &f);
        assert_int_equal(f.verdict, VERDICT_FAULT);
        assert_string_equal(f.cause, "not-started");
        assert_int_equal(fault_scan_start.plan(&s.sys, &f, &plan), 0);
        assert_int_equal(plan.n, 0); /* the restart is the run's own step */
        assert_int_equal(plan.restart, PLAN_RESTART | PLAN_RESTART_AWAIT);
        plan_free(&plan);
        scratch_write(&s, "/opt/cisco/amp/a.cvd", "bad");
        look(&s, &f);
        assert_string_equal(f.cause, "signatures-invalid");
        plan = (struct plan){ 0 };
        assert_int_equal(fault_scan_start.plan(&s.sys, &f, &plan), 0);
        assert_int_equal(plan.n, 2); /* a restart to try, move what it left */
        assert_int_equal(plan.steps[0].kind, STEP_RESTART_SERVICE);
        assert_int_equal(plan.steps[1].kind, STEP_MOVE_FILE);
        assert_true(plan.restart & PLAN_RESTART_UNLESS_RUNS);
        plan_free(&plan);
        process_make(&s, 7, "/opt/cisco/amp/bin/ampscansvc");
        look(&s, &f);
        assert_int_equal(f.verdict, VERDICT_OK); /* running is ok, whatever else */
        finding_free(&f);
        scratch_close(&s);
}

static void test_memory(void **state)
{
        struct scratch s;
        int64_t bytes = 0;
        char *why = NULL;

        (void)state;
        scratch_open(&s);
        assert_int_equal(signatures_memory_needed(&s.sys, 1000), 5500);
        scratch_write(&s, "/etc/secep/secep.conf", "SignatureMemoryPercent=200\n");
        assert_int_equal(conf_load(&s.sys, &why), 0);
        assert_int_equal(signatures_memory_needed(&s.sys, 1000), 2000);
        assert_true(signatures_memory_needed(&s.sys, INT64_MAX) == INT64_MAX); /* a sparse file */
        scratch_write(&s, "/proc/meminfo", "MemAvailable:  2048 kB\n");
        assert_int_equal(memory_available(&s.sys, &bytes), 0);
        assert_int_equal(bytes, 2048 * 1024);
        scratch_write(&s, "/proc/meminfo", "MemAvailable: 9223372036854775807 kB\n");
        assert_true(memory_available(&s.sys, &bytes) < 0);
        scratch_write(&s, "/proc/meminfo", "");
        assert_true(memory_available(&s.sys, &bytes) < 0);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_not_running),
                cmocka_unit_test(test_a_look_at_signatures),
                cmocka_unit_test(test_live),
                cmocka_unit_test(test_memory),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
