/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs run to their end, with nothing of ours but what they were handed. */
#include "lib/run.h"
#include "lib/stop.h"
#include "lib/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "lib/dialog.h"
#include "lib/io.h"
#include "tests/unit/scratch.h"

#define ARGV(...)                                                                                  \
        (const char *const[])                                                                      \
        {                                                                                          \
                __VA_ARGS__, NULL                                                                  \
        }

static void test_output_and_status(void **state)
{
        (void)state;
        struct run run = { RUN_DEFAULT, .argv = ARGV("ls", "-d", "/etc", "/nowhere") };
        _cleanup_run_result_ struct run_result result = { 0 };
        assert_int_equal(run_program(&run, &result), 0);
        assert_int_equal(result.status, 2);
        assert_string_equal(result.out, "/etc\n");
        assert_non_null(strstr(result.err, "/nowhere"));
}

static void test_environment(void **state)
{
        (void)state;
        assert_int_equal(setenv("LD_PRELOAD", "", 1), 0);
        assert_int_equal(setenv("SECEP_LEAK", "x", 1), 0);
        struct run run = { RUN_DEFAULT, .argv = ARGV("env"), .env = ARGV("MORE=1") };
        _cleanup_run_result_ struct run_result result = { 0 };
        assert_int_equal(run_program(&run, &result), 0);
        assert_string_equal(result.out,
                            "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C.UTF-8\nMORE=1\n");
        unsetenv("LD_PRELOAD");
}

static void test_fds(void **state)
{
        (void)state;
        /* High numbers: ls opens low ones itself. */
        int leaked = fcntl(0, F_DUPFD, 40), kept = fcntl(0, F_DUPFD_CLOEXEC, 50);
        assert_true(leaked >= 40 && kept >= 50);
        struct run run = { RUN_DEFAULT, .argv = ARGV("ls", "/proc/self/fd"), .keep_fd = kept };
        _cleanup_run_result_ struct run_result result = { 0 };
        assert_int_equal(run_program(&run, &result), 0);
        _cleanup_free_ char *leak = xasprintf("\n%d\n", leaked), *keep = xasprintf("\n%d\n", kept);
        assert_null(strstr(result.out, leak));
        assert_non_null(strstr(result.out, keep));
        close(leaked);
        close(kept);
}

static void test_not_there(void **state)
{
        (void)state;
        _cleanup_free_ char *why = NULL;
        struct run run = { RUN_DEFAULT, .argv = ARGV("no-such-program") };
        struct run_result result = { .status = 77 };
        assert_int_equal(run_program(&run, &result), -ENOENT);
        assert_int_equal(result.status, 77);
        assert_int_equal(run_checked(&run, NULL, &why), -ENOENT);
        assert_string_equal(why, "no-such-program cannot be run: No such file or directory");
}

static void test_time_limit(void **state)
{
        (void)state;
        struct run run = { RUN_DEFAULT, .argv = ARGV("sleep", "60"), .timeout_ms = 50 };
        _cleanup_run_result_ struct run_result result = { 0 };
        int64_t start = now_ms();
        assert_int_equal(run_program(&run, &result), 0);
        assert_true(result.timed_out);
        assert_int_equal(result.signal, SIGKILL);
        assert_true(now_ms() - start < 30000);
}

/* What a daemon started by a scriptlet does: it keeps our pipes and lives on. */
static int leave_a_grandchild(void *data, int fd)
{
        pid_t *pid = data;
        (void)fd;
        *pid = fork();
        if (*pid == 0) {
                pause();
                _exit(0);
        }
        printf("%d\n", *pid);
        return 7;
}

static void test_grandchild_does_not_keep_us(void **state)
{
        (void)state;
        pid_t pid = 0;
        struct run_child child = { .fn = leave_a_grandchild, .data = &pid };
        _cleanup_run_result_ struct run_result result = { 0 };
        assert_int_equal(run_child(&child, &result), 0);
        assert_int_equal(result.status, 7);
        pid = (pid_t)strtol(result.err, NULL, 10);
        assert_true(pid > 1);
        kill(pid, SIGKILL);
}

static int flood(void *data, int fd)
{
        (void)data;
        static char block[1 << 16];
        memset(block, 'x', sizeof(block));
        for (int i = 0; i < 64; i++)
                (void)io_write_all(fd, block, sizeof(block));
        return 0;
}

static void test_output_is_bounded(void **state)
{
        (void)state;
        struct run_child child = { .fn = flood, .output_max = 1000 };
        _cleanup_run_result_ struct run_result result = { 0 };
        assert_int_equal(run_child(&child, &result), 0);
        assert_int_equal(result.out_len, 1000);
        assert_int_equal(result.status, 0);
}

static void count_line(void *data, const char *line)
{
        int *n = data;
        *n += atoi(line);
}

static void test_lines(void **state)
{
        (void)state;
        int sum = 0;
        struct run run = { RUN_DEFAULT, .argv = ARGV("printf", "1\\n20\\n300"),
                           .on_line = count_line, .on_line_data = &sum };
        _cleanup_run_result_ struct run_result result = { 0 };
        assert_int_equal(run_program(&run, &result), 0);
        assert_int_equal(sum, 321);
}

static int refuse(void *data)
{
        (void)data;
        return -EXDEV;
}

static void test_in_child_refuses(void **state)
{
        (void)state;
        struct run run = { RUN_DEFAULT, .argv = ARGV("true"), .in_child = refuse };
        struct run_result result = { 0 };
        assert_int_equal(run_program(&run, &result), -EXDEV);
}

static void ask_to_stop(void *data, const char *line)
{
        (void)data;
        if (streq(line, "begun"))
                raise(SIGTERM);
}

static void run_asked_to_stop(bool obeys, const char *script, struct run_result *out)
{
        const struct run run = { RUN_DEFAULT, .argv = ARGV("sh", "-c", script), .obeys = obeys,
                                 .timeout_ms = 120000, .on_line = ask_to_stop };
        _cleanup_free_ char *why = NULL;

        assert_int_equal(run_program(&run, out), 0);
        assert_int_equal(run_judge(&run, out, &why), obeys ? -EINTR : 0);
        stop_obeyed();
}

/* Last: signals are only noted from here on. */
static void test_asked_to_stop(void **state)
{
        (void)state;
        _cleanup_run_result_ struct run_result ended = { 0 }, whole = { 0 };
        stop_catch();
        run_asked_to_stop(true, "echo begun; sleep 100; echo more", &ended);
        assert_true(ended.stopped);
        assert_int_equal(ended.signal, SIGKILL);
        assert_string_equal(ended.out, "begun\n");
        run_asked_to_stop(false, "echo begun; sleep 0.3; echo more", &whole);
        assert_false(whole.stopped);
        assert_string_equal(whole.out, "begun\nmore\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_output_and_status),
                cmocka_unit_test(test_environment),
                cmocka_unit_test(test_fds),
                cmocka_unit_test(test_not_there),
                cmocka_unit_test(test_time_limit),
                cmocka_unit_test(test_grandchild_does_not_keep_us),
                cmocka_unit_test(test_output_is_bounded),
                cmocka_unit_test(test_lines),
                cmocka_unit_test(test_in_child_refuses),
                cmocka_unit_test(test_asked_to_stop),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
