/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of a screen made by hand: what is said once, and what others' names can do. */
#include "repair/screen.h"
#include "tests/unit/scratch.h"

static FILE *to;
static char *text;
static size_t len;

static struct screen screen(bool quiet, bool verbose)
{
        free(text);
        text = NULL;
        to = open_memstream(&text, &len);
        return (struct screen){ .l = { .to = to, .width = 80 },
                                .quiet = quiet,
                                .verbose = verbose };
}

static const char *shown(const struct screen *s, struct report *report)
{
        int number = 0;
        for (size_t i = 0; i < report->n; i++)
                screen_outcome(s, report, &report->outcomes[i], &number);
        fclose(to);
        return text;
}

static struct finding *add(struct report *report, int id)
{
        return &report_add(report, fault_by_id(id))->after;
}

static void test_same_once(void **state)
{
        struct report report = { 0 };
        (void)state;
        finding_set(add(&report, 8), VERDICT_BLOCKED, "symbols-missing", "no function to probe");
        finding_set(add(&report, 9), VERDICT_BLOCKED, "symbols-missing", "no function to probe");
        finding_do(&report.outcomes[1].after, DO_CONSOLE, "turn it off");
        struct screen s = screen(false, false);
        assert_string_equal(shown(&s, &report),
                            "   8  file-monitor      BLOCKED  no function to probe\n"
                            "   9  network-monitor   BLOCKED  the same as fault 8\n"
                            "                                 do, in the console: turn it off\n");
        report_free(&report);
}

/* A fact that the sentence has is not a line more; what is ok is one word without --verbose. */
static void test_details(void **state)
{
        struct report report = { 0 };
        (void)state;
        struct finding *f = add(&report, 5);
        finding_evidence(f, "user a", "absent", "there");
        finding_evidence(f, "/opt", "0700", "0755");
        finding_evidence(f, "context", "so", NULL);
        finding_set(f, VERDICT_FAULT, "user-missing", "the user a is missing");
        f = add(&report, 6);
        finding_set(f, VERDICT_OK, NULL, "no restart");
        finding_note(f, "a note");
        struct screen s = screen(false, false);
        assert_string_equal(shown(&s, &report),
                            "   5  scan-user         FAULT    the user a is missing\n"
                            "                                 /opt: 0700, expected: 0755\n"
                            "   6  scan-restarts     ok       1 note: see --verbose\n");
        s = screen(false, true);
        assert_string_equal(shown(&s, &report),
                            "   5  scan-user         FAULT    the user a is missing\n"
                            "                                 cause: user-missing\n"
                            "                                 user a: absent, expected: there\n"
                            "                                 /opt: 0700, expected: 0755\n"
                            "                                 context: so\n"
                            "   6  scan-restarts     ok       no restart\n"
                            "                                 note: a note\n");
        s = screen(true, false);
        assert_string_equal(shown(&s, &report),
                            "   5  scan-user         FAULT    the user a is missing\n"
                            "                                 /opt: 0700, expected: 0755\n");
        report_free(&report);
}

/* What is there now stands with the step that changes it, and with no other. */
static void test_now_there(void **state)
{
        struct report report = { 0 };
        const struct step steps[] = {
                { .kind = STEP_CREATE_USER,
                  .target = (char[]){ "a" },
                  .key = (char[]){ "g" },
                  .value = (char[]){ "" } },
                { .kind = STEP_SET_MODE,
                  .target = (char[]){ "/b" },
                  .key = (char[]){ "" },
                  .value = (char[]){ "0755" } },
                { .kind = STEP_SET_MODE,
                  .target = (char[]){ "/c" },
                  .key = (char[]){ "" },
                  .value = (char[]){ "0755" } },
                { .kind = STEP_SET_MODE,
                  .target = (char[]){ "/d" },
                  .key = (char[]){ "" },
                  .value = (char[]){ "0755" } },
        };
        (void)state;
        struct finding *f = add(&report, 5);
        finding_evidence(f, "a", "absent", "there");
        finding_evidence(f, "/b", "0700", "0755");
        finding_evidence(f, "/c", "seen", NULL);
        finding_set(f, VERDICT_FAULT, "user-missing", "why");
        for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
                outcome_add_step(&report.outcomes[0], &steps[i]);
        struct screen s = screen(false, false);
        const char *said = shown(&s, &report);
        assert_non_null(strstr(said, " create user a\n"));
        assert_non_null(strstr(said, " set the mode of /b to 0755 (now 0700)\n"));
        assert_non_null(strstr(said, " set the mode of /c to 0755\n"));
        assert_non_null(strstr(said, " set the mode of /d to 0755\n"));
        report_free(&report);
}

/* Escape sequences, C1, DEL and marks that turn the writing round: in every field. */
static void test_hostile(void **state)
{
        static const char name[] = "/a\033]0;x\a\x7f\xc2\x9b\xe2\x80\xae\xe2\x81\xa7";
        struct report report = { 0 };
        (void)state;
        struct finding *f = add(&report, 5);
        finding_evidence(f, name, name, name);
        finding_set(f, VERDICT_BLOCKED, "directory-mode", "%s", name);
        finding_note(f, "%s", name);
        finding_do(f, DO_COMMAND, "chmod 0755 %s", name);
        assert_int_equal(f->do_kind, DO_PERSON);
        struct step step = { .kind = STEP_SET_MODE,
                             .target = (char *)name,
                             .key = (char *)"",
                             .value = (char *)name };
        outcome_add_step(&report.outcomes[0], &step);
        struct screen s = screen(false, true);
        for (const char *p = shown(&s, &report); *p; p++)
                assert_true(*p == '\n' || ((unsigned char)*p >= ' ' && (unsigned char)*p < 0x7f));
        report_free(&report);
}

/* What decides on the answer is in the command that is proposed, quoted. */
static void test_command(void **state)
{
        struct options o = { .root = "/a b", .release = "6.1.0", .allowed = { "throttle" } };
        (void)state;
        _cleanup_free_ char *whole = screen_command(&o, "5,11", "--plan");
        assert_string_equal(whole, "secep-repair --root '/a b' --kernel 6.1.0 --allow throttle "
                                   "--fault 5,11 --plan");
        _cleanup_free_ char *undo = screen_command(&o, NULL, "--undo X");
        assert_string_equal(undo, "secep-repair --root '/a b' --undo X");
        o.root = "/a\033";
        assert_null(screen_command(&o, NULL, "--undo X"));
}

/* What was not asked counts where it was named, not where everything was asked for. */
static void test_exit(void **state)
{
        struct report report = { 0 };
        (void)state;
        finding_set(add(&report, 5), VERDICT_OK, NULL, "fine");
        finding_set(add(&report, 18), VERDICT_NOT_ASKED, NULL, "only the connector knows");
        assert_int_equal(report_exit(&report), EXIT_COULD_NOT_TELL);
        report.all = true;
        assert_int_equal(report_exit(&report), EXIT_NO_FAULT_LEFT);
        finding_set(&report.outcomes[0].after, VERDICT_UNKNOWN, NULL, "who knows");
        assert_int_equal(report_exit(&report), EXIT_COULD_NOT_TELL);
        report_free(&report);
}

static int teardown(void **state)
{
        (void)state;
        free(text);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_same_once), cmocka_unit_test(test_details),
                cmocka_unit_test(test_hostile),   cmocka_unit_test(test_now_there),
                cmocka_unit_test(test_command),   cmocka_unit_test(test_exit),
        };
        return cmocka_run_group_tests(tests, NULL, teardown);
}
