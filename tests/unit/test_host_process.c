/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc entries and systemd's files: real, torn, vanishing, hostile. */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <sys/wait.h>

#include "connector/connector.h"
#include "host/process.h"
#include "host/process_view.h"
#include "host/service.h"

static void proc_entry(const struct scratch *s, const char *pid, const char *program,
                       const char *stat)
{
        char path[64];

        snprintf(path, sizeof(path), "/proc/%s/stat", pid);
        scratch_write(s, path, stat);
        snprintf(path, sizeof(path), "/proc/%s/status", pid);
        scratch_write(s, path, "Name:\tx\nUid:\t1\t997\t3\t4\n");
        snprintf(path, sizeof(path), "/proc/%s/cgroup", pid);
        scratch_write(s, path, "0::/ciscoamp.slice/cisco-amp.service\n");
        snprintf(path, sizeof(path), "/proc/%s/exe", pid);
        assert_int_equal(symlink(program, scratch_path(s, path)), 0);
}

static void test_process(void **state)
{
        static const char stat[] = "%s (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %s "
                                   "20 21\n";
        struct process *found = NULL;
        struct scratch s;
        size_t n = 9;
        char *text = NULL;
        char line[256];

        (void)state;
        scratch_open(&s);
        assert_int_equal(process_find(&s.sys, "/opt/x", &found, &n, NULL), -ENOENT);
        snprintf(line, sizeof(line), stat, "30", "500");
        proc_entry(&s, "30", "/opt/x (deleted)", line);
        snprintf(line, sizeof(line), stat, "20", "900");
        proc_entry(&s, "20", "/opt/x", line);
        proc_entry(&s, "40", "/opt/y", line);
        proc_entry(&s, "50", "/opt/x", "garbage");
        scratch_write(&s, "/proc/60/stat", line); /* no exe: it is vanishing */
        proc_entry(&s, "70", "/opt/x", line);
        unlink(scratch_path(&s, "/proc/70/status")); /* likewise, a moment later */
        assert_int_equal(process_find(&s.sys, "/opt/x", &found, &n, NULL), 0);
        assert_int_equal(n, 2);
        assert_int_equal(found[0].pid, 30); /* the older first */
        assert_int_equal(found[1].pid, 20);
        assert_int_equal(found[0].uid, 997);
        assert_int_equal(found[0].ppid, 1);
        assert_int_equal(found[0].start, 500 * 1000 / sysconf(_SC_CLK_TCK));
        assert_int_equal(process_unit(&s.sys, 30, &text), 0);
        assert_string_equal(text, "cisco-amp.service");
        free(text);
        free(found);
        assert_int_equal(process_read(&s.sys, 77, &(struct process){ 0 }), -ESRCH);
        scratch_close(&s);
}

/* Who may make groups below a unit is not believed about what they are called. */
static void test_process_unit(void **state)
{
        static const struct {
                const char *cgroup, *unit; /* NULL: none */
        } rows[] = {
                { "0::/system.slice/ssh.service\n", "ssh.service" },
                { "0::/user.slice/user-1001.slice/user@1001.service/app.slice/ssh.service\n",
                  "user@1001.service" },
                { "0::/system.slice/docker.service/payload/sshd.service\n", "docker.service" },
                { "0::/machine.slice/ssh.service.d/ssh.service\n", NULL },
                { "0::/ssh.service/../x\n", "ssh.service" },
                { "0::/my.group/ssh.service\n", NULL }, /* nobody's systemd made that */
                { "2:cpu:/ssh.service\n1:name=systemd:/system.slice/cron.service\n0::/x.service\n",
                  "cron.service" },
                { "2:cpu:/ssh.service\n0::/user.slice/user-0.slice/session-1.scope\n",
                  "session-1.scope" },
                { "0::/\n", NULL },
                { "", NULL },
        };
        struct scratch s;

        (void)state;
        scratch_open(&s);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *unit = NULL;

                scratch_write(&s, "/proc/5/cgroup", rows[i].cgroup);
                assert_int_equal(process_unit(&s.sys, 5, &unit), rows[i].unit ? 0 : -ENOENT);
                if (rows[i].unit)
                        assert_string_equal(unit, rows[i].unit);
        }
        scratch_close(&s);
}

/* Entries of the real /proc that come and go while they are read. */
static void test_process_vanishing(void **state)
{
        _cleanup_free_ char *self = realpath("/proc/self/exe", NULL);
        struct sys sys = { .root_fd = -1 };
        pid_t maker = fork();

        (void)state;
        while (maker == 0) {
                if (fork() == 0)
                        _exit(0);
                wait(NULL);
        }
        assert_int_equal(sys_open("/", &sys, NULL), 0);
        for (int i = 0; i < 50; i++) {
                _cleanup_free_ struct process *found = NULL;
                size_t n = 0;

                assert_int_equal(process_find(&sys, self, &found, &n, NULL), 0);
                assert_true(n >= 2); /* the maker and us */
        }
        kill(maker, SIGKILL);
        waitpid(maker, NULL, 0);
        sys_close(&sys);
}

static void test_process_of_ours(void **state)
{
        _cleanup_free_ char *self = realpath("/proc/self/exe", NULL);
        struct process *found = NULL;
        struct sys sys = { .root_fd = -1 };
        size_t n = 0;

        (void)state;
        assert_int_equal(sys_open("/", &sys, NULL), 0);
        assert_int_equal(process_find(&sys, self, &found, &n, NULL), 0);
        assert_true(n >= 1);
        assert_true(process_age_ms(&found[n - 1]) >= -1000);
        free(found);
        sys_close(&sys);
}

/* Held, one walk answers for every program; what ends meanwhile is passed over, what comes is not seen
 * before the next. */
static void test_process_held(void **state)
{
        static const char stat[] =
                "20 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 9 20 21\n";
        static const char *const programs[] = { "/opt/x", "/opt/y" };
        struct scratch s;

        (void)state;
        scratch_open(&s);
        proc_entry(&s, "20", "/opt/x", stat);
        proc_entry(&s, "30", "/opt/y", stat);
        proc_entry(&s, "31", "/opt/y", stat);
        process_hold();
        for (unsigned turn = 0; turn < 4; turn++) {
                _cleanup_free_ struct process *found = NULL;
                size_t n = 9, wanted[] = { 1, turn < 2 ? 2 : 1 };

                assert_int_equal(process_find(&s.sys, programs[turn % 2], &found, &n, NULL), 0);
                assert_int_equal(n, wanted[turn % 2]);
                if (turn == 1) {
                        proc_entry(&s, "40", "/opt/x", stat);
                        unlink(scratch_path(&s, "/proc/31/exe"));
                }
        }
        for (unsigned turn = 0; turn < 2;
             turn++) { /* dropped, and held again, it is walked again */
                _cleanup_free_ struct process *found = NULL;
                size_t n = 9;

                turn ? process_hold() : process_drop();
                assert_int_equal(process_find(&s.sys, "/opt/x", &found, &n, NULL), 0);
                assert_int_equal(n, 2);
        }
        process_drop();
        scratch_close(&s);
}

static void test_service_looks(void **state)
{
        struct scratch s;
        char *why = NULL;
        const struct systemd_api *api;

        (void)state;
        scratch_open(&s);
        assert_int_equal(service_active(&s.sys, CONNECTOR_SERVICE), -ESRCH);
        assert_int_equal(service_enabled(&s.sys, CONNECTOR_SERVICE), 0);
        assert_int_equal(service_api(&s.sys, &api, &why), -EOPNOTSUPP);
        free(why);
        s.sys.live = true; /* as if */
        assert_int_equal(service_active(&s.sys, CONNECTOR_SERVICE), -ESRCH);
        scratch_write(&s, "/run/systemd/system/x", "");
        assert_int_equal(service_active(&s.sys, CONNECTOR_SERVICE), 0);
        scratch_write(&s, "/run/systemd/units/x", "");
        assert_int_equal(symlink("0123", scratch_path(&s, "/run/systemd/units/invocation:"
                                                          "cisco-amp.service")),
                         0);
        assert_int_equal(service_active(&s.sys, CONNECTOR_SERVICE), 1);
        scratch_write(&s, "/etc/systemd/system/multi-user.target.wants/other", "");
        assert_int_equal(service_enabled(&s.sys, CONNECTOR_SERVICE), 0);
        assert_int_equal(symlink("/lib/x", scratch_path(&s, "/etc/systemd/system/multi-user.target."
                                                            "wants/cisco-amp.service")),
                         0);
        assert_int_equal(service_enabled(&s.sys, CONNECTOR_SERVICE), 1);
        assert_int_equal(
                symlink("/dev/null", scratch_path(&s, "/etc/systemd/system/cisco-amp.service")), 0);
        assert_int_equal(service_enabled(&s.sys, CONNECTOR_SERVICE), -EACCES);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_process),           cmocka_unit_test(test_process_unit),
                cmocka_unit_test(test_process_vanishing), cmocka_unit_test(test_process_of_ours),
                cmocka_unit_test(test_service_looks),     cmocka_unit_test(test_process_held),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
