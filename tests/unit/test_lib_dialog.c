/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Children that are asked more than once: sessions of a worker, dialogs with a program. */
#include "lib/worker.h"

#include <errno.h>
#include <signal.h>

#include "lib/dialog.h"
#include "tests/unit/scratch.h"

#define ARGV(...)                                                                                  \
        (const char *const[])                                                                      \
        {                                                                                          \
                __VA_ARGS__, NULL                                                                  \
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_session),
                cmocka_unit_test(test_session_quiet),
                cmocka_unit_test(test_dialog),
                cmocka_unit_test(test_dialog_on_stderr),
                cmocka_unit_test(test_dialog_without_question),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
