/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults 6 and 18 on a root made to look like a running one. */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "connector/crashes.h"
#include "faults/fault.h"
#include "host/events.h"
#include "host/sampler.h"
#include "lib/conf.h"

extern const struct fault fault_scan_restarts, fault_event_overload;

#define BIN "/opt/cisco/amp/bin/"
#define BOOT "0123456789abcdef0123456789abcdef"

static void process_make(const struct scratch *s, int pid, const char *program, int64_t age)
{
        char path[64], text[256];
        struct timespec t;

        clock_gettime(CLOCK_BOOTTIME, &t);
        snprintf(path, sizeof(path), "/proc/%d/stat", pid);
        snprintf(text, sizeof(text),
                 "%d (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %lld 20\n", pid,
                 (long long)(t.tv_sec - age) * sysconf(_SC_CLK_TCK));
        scratch_write(s, path, text);
        snprintf(path, sizeof(path), "/proc/%d/status", pid);
        scratch_write(s, path, "Name:\tx\nUid:\t1\t997\t3\t4\n");
        snprintf(path, sizeof(path), "/proc/%d/exe", pid);
        unlink(scratch_path(s, path));
        assert_int_equal(symlink(program, scratch_path(s, path)), 0);
}

static void core_make(const struct scratch *s, int pid, int64_t age)
{
        char path[256];

        snprintf(path, sizeof(path),
                 "/var/lib/systemd/coredump/core.ampscansvc.997.%s.%d.%lld000000.zst", BOOT, pid,
                 (long long)(time(NULL) - age));
        scratch_write(s, path, "");
}

static const char *cause_of(const struct scratch *s, struct finding *f)
{
        finding_free(f);
        *f = (struct finding)FINDING_INIT;
        assert_int_equal(fault_scan_restarts.probe(&s->sys, f), 0);
        return f->cause ? f->cause : verdict_name(f->verdict);
}

/* Its process and when it was, of the day. */
static void crash_is_dated(const struct finding *f)
{
        int pid, at[3], end = 0;
        const char *found = f->evidence[0].found;
        sscanf(found, "pid %d, %2d:%2d:%2d%n", &pid, &at[0], &at[1], &at[2], &end);
        assert_true(end > 0 && found[end] == '\0' && pid >= 20 && pid <= 23);
}

static void test_scan_restarts(void **state)
{
        struct finding f = FINDING_INIT;
        struct plan plan = { 0 };
        struct scratch s;
        struct timespec t;

        (void)state;
        clock_gettime(CLOCK_BOOTTIME, &t);
        if (t.tv_sec < 1000) {
                print_message("skipped: this machine is up for less than 1000 s, and the test "
                              "needs processes that old\n");
                skip();
        }
        scratch_open(&s);
        assert_string_equal(cause_of(&s, &f), "not-applicable");
        scratch_write(&s, BIN "ampdaemon", "");
        scratch_write(&s, "/proc/x", "");
        scratch_write(&s, "/etc/secep/secep.conf", "ScanQuietSeconds=200\n");
        assert_int_equal(conf_load(&s.sys, NULL), 0);
        s.sys.live = true;
        assert_string_equal(cause_of(&s, &f), "not-applicable"); /* no daemon */
        process_make(&s, 10, BIN "ampdaemon", 900);
        process_make(&s, 11, BIN "ampscansvc", 895);
        assert_string_equal(cause_of(&s, &f), "ok");
        process_make(&s, 11, BIN "ampscansvc", 50);
        assert_string_equal(cause_of(&s, &f), "settling"); /* one start, reason not known */
        assert_non_null(strstr(f.why, "reason not known"));
        assert_int_equal(fault_scan_restarts.plan(&s.sys, &f, &plan), -EAGAIN);
        core_make(&s, 20, 150);
        core_make(&s, 21, 250); /* too long ago */
        assert_string_equal(cause_of(&s, &f), "settling");
        core_make(&s, 22, 120);
        core_make(&s, 23, 90);
        assert_string_equal(cause_of(&s, &f), "crash-loop");
        crash_is_dated(&f);
        assert_int_equal(fault_scan_restarts.plan(&s.sys, &f, &plan), 0);
        assert_int_equal(plan.n, 0); /* the restart is the run's own step */
        assert_int_equal(plan.restart, PLAN_RESTART | PLAN_RESTART_AWAIT);
        plan_free(&plan);
        process_make(&s, 10, BIN "ampdaemon", 60); /* the daemon was restarted since */
        process_make(&s, 11, BIN "ampscansvc", 55);
        assert_string_equal(cause_of(&s, &f), "settling");
        finding_free(&f);
        scratch_close(&s);
}

static void test_history(void **state)
{
        const struct process daemon = { .pid = 10, .start = 1000 };
        struct scan_starts starts;

        (void)state;
        scan_starts_parse("", &daemon, 0, &starts);
        assert_int_equal(starts.count, 0);
        assert_int_equal(starts.last, 0);
        scan_starts_parse("100 11 1500 10 1000\n" /* came with the daemon */
                          "200 12 100000 10 1000\n"
                          "300 13 200000 10 1000\n"
                          "310 14 200000 9 1000\n" /* another daemon's */
                          "garbage\n50 15 300000 10 1000",
                          &daemon, 60, &starts);
        assert_int_equal(starts.count, 2);
        assert_int_equal(starts.last, 310);
}

static void test_core_names(void **state)
{
        static const char *const bad[] = { "",
                                           "core",
                                           "core.other.997." BOOT ".5.1700000000000000.zst",
                                           "core.ampscansvc.997." BOOT ".x.1700000000000000",
                                           "core.ampscansvc.5.1700000000000000",
                                           "ampscansvc.997." BOOT ".5.1700000000000000" };
        struct crash_seen c = { 0 };

        (void)state;
        assert_int_equal(crash_parse_core("core.ampscansvc.997." BOOT ".5.1700000000000000",
                                          "ampscansvc", &c),
                         0);
        assert_int_equal(c.pid, 5);
        assert_int_equal(c.when, 1700000000);
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
                assert_int_equal(crash_parse_core(bad[i], "ampscansvc", &c), -EBADMSG);
}

static void test_audit(void **state)
{
        struct crash_seen c = { 0 };

        (void)state;
        assert_int_equal(crash_parse_audit("type=ANOM_ABEND msg=audit(1364481363.243:24287): "
                                           "auid=1 uid=2 pid=77 comm=\"x\" exe=\"/o/s\" sig=11",
                                           "/o/s", &c),
                         0);
        assert_int_equal(c.pid, 77);
        assert_int_equal(c.when, 1364481363);
        assert_int_equal(
                crash_parse_audit("type=ANOM_ABEND msg=audit( pid=1 exe=\"/o/s\"", "/o/s", &c),
                -EBADMSG);
        assert_int_equal(crash_parse_audit("type=SYSCALL pid=1 exe=\"/o/s\"", "/o/s", &c),
                         -EBADMSG);
}

static void test_file_named(void **state)
{
        _cleanup_free_ char *file = crash_file("0:/dev/null\npos:\t0\n\n1:/var/log/cisco/x\n"
                                               "3:/home/a b\nflags:\t02300000\n" /* a directory */
                                               "4:/home/state.db\nflags:\t0100002\n"
                                               "5:/opt/cisco/amp/daily.cvd\n6:/home/a b/bad.bin\n"
                                               "pos:\t0\nflags:\t02100000\n7:/home/other\n");

        (void)state;
        assert_string_equal(file, "/home/a b/bad.bin");
        assert_null(crash_file("0:socket:[1]\n1:anon_inode:[x]\n"));
        assert_null(crash_file(""));
        assert_null(crash_file("\n\n3\n4:"));
        assert_null(crash_file("3"));
}

static void test_overload_without_connector(void **state)
{
        struct finding f = FINDING_INIT;
        struct scratch s;

        (void)state;
        scratch_open(&s);
        assert_int_equal(fault_event_overload.probe(&s.sys, &f), 0);
        assert_int_equal(f.verdict, VERDICT_NOT_APPLICABLE);
        finding_free(&f);
        f = (struct finding)FINDING_INIT;
        scratch_write(&s, BIN "ampdaemon", "");
        s.sys.live = true;
        assert_int_equal(fault_event_overload.probe(&s.sys, &f), 0);
        assert_int_equal(f.verdict, VERDICT_NOT_ASKED);
        assert_non_null(strstr(f.why, "--prove"));
        finding_free(&f);
        scratch_close(&s);
}

static void test_measure(void **state)
{
        struct sys sys = { .root_fd = -1 };
        struct events all = { 0 };

        (void)state;
        assert_int_equal(sys_open("/", &sys, NULL), 0);
        assert_int_equal(events_measure(&sys, 300, &all, NULL), 0);
        assert_true(all.by_ebpf || all.refused);
        for (size_t i = 1; i < all.n; i++)
                assert_true(all.sources[i - 1].events >= all.sources[i].events);
        events_free(&all);
        sys_close(&sys);
}

#define CALLS 20000

/* A process of the first CPU that makes CALLS events, many beside others. */
static pid_t calls_make(void)
{
        pid_t pid = fork();
        cpu_set_t one;

        if (pid != 0)
                return pid;
        CPU_ZERO(&one);
        CPU_SET(0, &one);
        sched_setaffinity(0, sizeof(one), &one);
        for (int i = 0; i < CALLS; i++) {
                syscall(SYS_close, -1);
                if (i % 50 == 0)
                        sched_yield();
        }
        _exit(0);
}

struct counts {
        pid_t pids[3];
        uint64_t events[3];
};

static void count_found(void *data, int pid, uint64_t events)
{
        struct counts *c = data;

        for (size_t i = 0; i < ARRAY_SIZE(c->pids); i++)
                if (pid == c->pids[i])
                        c->events[i] += events;
}

/* Each process gets its own events, however they alternate. */
static void test_counter(void **state)
{
        struct sampler sampler = SAMPLER_INIT;
        struct sys sys = { .root_fd = -1 };
        struct counts c = { 0 };
        char *why = NULL;

        (void)state;
        if (sampler_start(&sampler, false, &why) < 0) {
                print_message("skipped: %s\n", why);
                free(why);
                skip();
        }
        assert_int_equal(sys_open("/", &sys, NULL), 0);
        for (size_t i = 0; i < ARRAY_SIZE(c.pids); i++)
                c.pids[i] = calls_make();
        for (size_t i = 0; i < ARRAY_SIZE(c.pids); i++)
                assert_int_equal(waitpid(c.pids[i], NULL, 0), c.pids[i]);
        sampler_pause(&sampler);
        assert_int_equal(sampler_read(&sys, &sampler, count_found, &c), 0);
        for (size_t i = 0; i < ARRAY_SIZE(c.pids); i++) {
                assert_true(c.events[i] >= CALLS);
                assert_true(c.events[i] < CALLS + 100);
        }
        sampler_stop(&sampler);
        sys_close(&sys);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_scan_restarts),
                cmocka_unit_test(test_history),
                cmocka_unit_test(test_core_names),
                cmocka_unit_test(test_audit),
                cmocka_unit_test(test_file_named),
                cmocka_unit_test(test_overload_without_connector),
                cmocka_unit_test(test_measure),
                cmocka_unit_test(test_counter),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
