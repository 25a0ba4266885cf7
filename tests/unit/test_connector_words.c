/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others wrote: ampcli status, logs, /proc entries, package verification. */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "connector/ampcli.h"
#include "connector/connector.h"
#include "host/logs.h"
#include "host/process.h"
#include "host/service.h"
#include "packages/verify.h"

static const char overloaded[] =
        "[logger] Set minimum reported log level to notice\n"
        "Status: Connected\nMode: Degraded\nScan: Ready for scan\n"
        "Last Scan: 2023-06-19 02:02:03 PM\nPolicy: Audit Policy for FireAMP Linux (#1)\n"
        "Command-line: Enabled\nOrbital: Disabled\nBehavioural Protection: Protect\n"
        "Faults: 1 Major\nFault IDs: 18\n"
        "ID 18 - Major: Connector event monitoring is overloaded. Investigate the most active\n";

static void test_ampcli_parse(void **state)
{
        static const struct {
                const char *text;
                int ids[4];
                bool degraded;
        } rows[] = {
                { overloaded, { 18 }, true },
                { "Status: Connected\nMode: Normal\n", { 0 }, false },
                { "Status: Connected\r\nFault IDs: 6, 7 and 18\r\n", { 6, 7, 18 }, false },
                { "ID 5 - Minor: x\nID 7 - Critical: y\nStatus: z\n", { 5, 7 }, false },
                { "Fault IDs:\n", { 0 }, false },
                { "Fault IDs: None\nMode: degraded", { 0 }, true },
                { "Fault IDs: 7,7,7,-7,0,99999999999999999999\n", { 7 }, false },
                { "ID - : \nID 7\nID 7 Major\nStatus:\n", { 0 }, false },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct ampcli_status s = { 0 };
                size_t n = 0;

                assert_int_equal(ampcli_parse(rows[i].text, strlen(rows[i].text), &s, NULL), 0);
                while (n < 4 && rows[i].ids[n])
                        assert_non_null(ampcli_fault(&s, rows[i].ids[n++]));
                assert_int_equal(s.n_faults, n);
                assert_int_equal(ampcli_degraded(&s), rows[i].degraded);
                ampcli_free(&s);
        }
}

static void test_ampcli_words(void **state)
{
        struct ampcli_status s = { 0 };

        (void)state;
        assert_int_equal(ampcli_parse(overloaded, strlen(overloaded), &s, NULL), 0);
        assert_string_equal(s.status, "Connected");
        assert_string_equal(s.scan, "Ready for scan");
        assert_string_equal(ampcli_fault(&s, 18)->severity, "Major");
        assert_true(startswith(ampcli_fault(&s, 18)->text, "Connector event monitoring"));
        ampcli_free(&s);
}

static void test_ampcli_malformed(void **state)
{
        struct ampcli_status s = { 0 };
        size_t len = (size_t)10 << 20;
        char *text = xcalloc(len, 1), *why = NULL;

        (void)state;
        assert_int_equal(ampcli_parse("", 0, &s, &why), -EBADMSG);
        assert_non_null(why);
        free(why);
        assert_int_equal(ampcli_parse(text, len, &s, NULL), -EBADMSG); /* NULs */
        memset(text, 'A', len);
        assert_int_equal(ampcli_parse(text, len, &s, NULL), -EBADMSG);
        for (size_t i = 0; i + 8 < len; i += 8)
                memcpy(text + i, "ID 1234\n", 8);
        memcpy(text, "Status:\n", 8);
        assert_int_equal(ampcli_parse(text, len, &s, NULL), 0);
        assert_int_equal(s.n_faults, 0);
        ampcli_free(&s);
        free(text);
}

static void test_ampcli_absent(void **state)
{
        struct scratch s;
        struct ampcli_status status;
        char *why = NULL;
        int left[1];
        size_t n_left;

        (void)state;
        scratch_open(&s);
        assert_int_equal(ampcli_ask(&s.sys, &status, &why), -EOPNOTSUPP);
        assert_int_equal(connector_says(&s.sys, (int[]){ 5 }, 1, left, &n_left, NULL), -EOPNOTSUPP);
        free(why);
        scratch_close(&s);
}

struct lines {
        size_t n, longest;
        char first[64], last[64];
};

static void count_line(void *data, const char *line)
{
        struct lines *l = data;
        size_t n = strlen(line);

        if (l->n++ == 0)
                snprintf(l->first, sizeof(l->first), "%.60s", line);
        snprintf(l->last, sizeof(l->last), "%.60s", line);
        l->longest = n > l->longest ? n : l->longest;
        assert_null(strchr(line, '\n'));
}

static void test_log_tail(void **state)
{
        struct scratch s;
        size_t len = (size_t)1 << 20;
        char *text = xcalloc(len, 1);
        struct lines l = { 0 };

        (void)state;
        scratch_open(&s);
        assert_int_equal(log_tail(&s.sys, "/var/log/x", count_line, &l), -ENOENT);
        scratch_write(&s, "/var/log/a", "one\r\n\ntwo\x01\nthree");
        assert_int_equal(log_tail(&s.sys, "/var/log/a", count_line, &l), 0);
        assert_int_equal(l.n, 3);
        assert_string_equal(l.first, "one");
        assert_string_equal(l.last, "three");
        memset(text, 'x', len); /* one line of 1 MiB, no newline */
        scratch_bytes(&s, "/var/log/b", text, len);
        l = (struct lines){ 0 };
        assert_int_equal(log_tail(&s.sys, "/var/log/b", count_line, &l), 0);
        assert_int_equal(l.n, 1);
        assert_int_equal(l.longest, LOG_LINE_MAX);
        memset(text, 0, len);
        memcpy(text + len - 10, "\nlast line", 10);
        scratch_bytes(&s, "/var/log/c", text, len);
        l = (struct lines){ 0 };
        assert_int_equal(log_tail(&s.sys, "/var/log/c", count_line, &l), 0);
        assert_string_equal(l.last, "last line");
        assert_int_equal(mkfifo(scratch_path(&s, "/var/log/d"), 0600), 0);
        assert_int_equal(log_tail(&s.sys, "/var/log/d", count_line, &l), -EINVAL);
        assert_int_equal(symlink("a", scratch_path(&s, "/var/log/e")), 0);
        assert_int_equal(log_tail(&s.sys, "/var/log/e", count_line, &l), -ELOOP);
        free(text);
        scratch_close(&s);
}

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

static void test_verify_output(void **state)
{
        static const struct {
                const char *text, *file;
        } rows[] = {
                { "", NULL },
                { "??5?????? c /etc/x\n", NULL },
                { "??5??????   /opt/cisco/amp/bin/ampdaemon\n", "/opt/cisco/amp/bin/ampdaemon" },
                { ".M.......    /opt/cisco/amp/bin\nS.5....T.    /opt/a b\n", "/opt/a b" },
                { "missing     /opt/x", "/opt/x" },
                { "missing   c /opt/x", NULL },
                { "5 /x\nerror: / nothing\n", NULL },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *file = verify_parse(rows[i].text);

                if (rows[i].file)
                        assert_string_equal(file, rows[i].file);
                else
                        assert_null(file);
        }
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
                cmocka_unit_test(test_ampcli_parse),      cmocka_unit_test(test_ampcli_words),
                cmocka_unit_test(test_ampcli_malformed),  cmocka_unit_test(test_ampcli_absent),
                cmocka_unit_test(test_log_tail),          cmocka_unit_test(test_process),
                cmocka_unit_test(test_process_vanishing), cmocka_unit_test(test_process_of_ours),
                cmocka_unit_test(test_verify_output),     cmocka_unit_test(test_service_looks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
