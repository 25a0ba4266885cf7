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

static int echo_twice(void *data, int fd)
{
        FILE *in = fdopen(fd, "r");
        char line[64];
        while (fgets(line, sizeof(line), in)) {
                line[strcspn(line, "\n")] = '\0';
                if (streq(line, "die"))
                        raise(SIGKILL);
                dprintf(fd, "P %s\n{%s}\n", (const char *)data, line);
        }
        return 0;
}

static void keep_line(void *data, const char *line)
{
        strcpy(data, line);
}

static void test_session(void **state)
{
        (void)state;
        const struct run_child child = {
                .fn = echo_twice, .data = "told", .asked = true, .output_max = 100
        };
        struct worker *s = NULL;
        int signal = -1;
        char told[64] = "";
        assert_int_equal(worker_open(&child, &s), 0);
        for (int i = 0; i < 50; i++) { /* more than output_max in all */
                _cleanup_free_ char *answer = NULL;
                assert_int_equal(worker_ask(s, "one", keep_line, told, &answer), 0);
                assert_string_equal(answer, "{one}");
                assert_string_equal(told, "P told");
        }
        char *none = NULL;
        assert_int_equal(worker_ask(s, "die", NULL, NULL, &none), -EPIPE);
        worker_close(s, &signal);
        assert_int_equal(signal, SIGKILL);
}

static void test_session_quiet(void **state)
{
        (void)state;
        const struct run_child child = {
                .fn = echo_twice, .data = "told", .asked = true, .output_max = 100
        };
        struct worker *s = NULL;
        int signal = -1;
        assert_int_equal(worker_open(&child, &s), 0);
        worker_close(s, &signal);
        assert_int_equal(signal, 0);
}

#define ASKS                                                                                       \
        "#!/bin/sh\necho first; printf 'ok? '; read a || a=none; echo; echo \"got $a\" >&2; exit " \
        "3"

static void test_dialog(void **state)
{
        (void)state;
        static const char *const answers[] = { "yes\n", NULL };
        struct scratch s;
        scratch_open(&s);
        scratch_write(&s, "/asks", ASKS);
        assert_int_equal(chmod(scratch_path(&s, "/asks"), 0755), 0);
        for (size_t i = 0; i < 2; i++) {
                const struct run run = { RUN_DEFAULT, .argv = ARGV(scratch_path(&s, "/asks")) };
                struct dialog *d = NULL;
                _cleanup_run_result_ struct run_result result = { 0 };
                assert_int_equal(dialog_start(&run, &d), 0);
                assert_int_equal(dialog_until(d, "ok? ", 10000), 1);
                _cleanup_free_ char *said = dialog_said(d);
                assert_string_equal(said, "first\nok? ");
                if (answers[i])
                        dialog_answer(d, answers[i]);
                dialog_finish(d, &result);
                assert_int_equal(result.status, 3);
                assert_string_equal(result.err, answers[i] ? "got yes\n" : "got none\n");
        }
        scratch_close(&s);
}

/* dnf 5 asks there. */
static void test_dialog_on_stderr(void **state)
{
        (void)state;
        struct scratch s;
        struct dialog *d = NULL;
        scratch_open(&s);
        scratch_write(&s, "/asks", "#!/bin/sh\necho first; printf 'ok? ' >&2; read a; exit 3");
        assert_int_equal(chmod(scratch_path(&s, "/asks"), 0755), 0);
        const struct run run = { RUN_DEFAULT, .argv = ARGV(scratch_path(&s, "/asks")) };
        assert_int_equal(dialog_start(&run, &d), 0);
        assert_int_equal(dialog_until_either(d, "ok? ", 1, 60000), 1);
        assert_int_equal(dialog_until_either(d, "ok? ", 2, 20), -ETIMEDOUT);
        assert_int_equal(dialog_until(d, "ok? ", 20), -ETIMEDOUT);
        _cleanup_free_ char *said = dialog_said(d), *complained = dialog_complained(d);
        assert_string_equal(said, "first\n");
        assert_string_equal(complained, "ok? ");
        dialog_drop(d);
        scratch_close(&s);
}

static void test_dialog_without_question(void **state)
{
        (void)state;
        const struct run ends = { RUN_DEFAULT, .argv = ARGV("true") },
                         stays = { RUN_DEFAULT, .argv = ARGV("sleep", "60") };
        struct dialog *d = NULL;
        _cleanup_run_result_ struct run_result result = { 0 };
        assert_int_equal(dialog_start(&ends, &d), 0);
        assert_int_equal(dialog_until(d, "ok? ", 10000), 0);
        dialog_finish(d, &result);
        assert_int_equal(result.status, 0);
        assert_int_equal(dialog_start(&stays, &d), 0);
        assert_int_equal(dialog_until(d, "ok? ", 20), -ETIMEDOUT);
        dialog_drop(d);
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
                cmocka_unit_test(test_session),
                cmocka_unit_test(test_session_quiet),
                cmocka_unit_test(test_dialog),
                cmocka_unit_test(test_dialog_on_stderr),
                cmocka_unit_test(test_dialog_without_question),
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
