/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Do lines: one for every blocked cause, right for the distribution, harmless whatever the names. */
#include "faults/advice.h"
#include "tests/unit/scratch.h"

static char *advice(const struct sys *sys, int id, const char *cause, enum do_kind *kind)
{
        _cleanup_finding_ struct finding f = FINDING_INIT;
        finding_set(&f, VERDICT_BLOCKED, cause, "for this reason");
        advice_ensure(sys, fault_by_id(id), &f);
        *kind = f.do_kind;
        return TAKE_PTR(f.do_text);
}

/* Whatever cause a fault is blocked for, known or not. */
static void test_every_fault(void **state)
{
        static const char *const causes[] = { "no-such-cause", "package-gone", "secure-boot",
                                              "module-missing", "store-broken" };
        struct scratch s;
        (void)state;
        scratch_open(&s);
        for (const struct fault *const *fault = faults; *fault; fault++)
                for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
                        enum do_kind kind = DO_NOTHING;
                        _cleanup_free_ char *text = advice(&s.sys, (*fault)->id, causes[i], &kind);
                        assert_int_not_equal(kind, DO_NOTHING);
                        assert_non_null(text);
                        assert_null(strchr(text, '\n'));
                }
        scratch_close(&s);
}

static void test_only_blocked(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        for (enum verdict v = VERDICT_UNKNOWN; v <= VERDICT_NOT_ASKED; v++) {
                _cleanup_finding_ struct finding f = FINDING_INIT;
                finding_set(&f, v, NULL, "so");
                advice_ensure(&s.sys, fault_by_id(5), &f);
                assert_int_equal(f.do_kind != DO_NOTHING, v == VERDICT_BLOCKED);
        }
        scratch_close(&s);
}

static void test_distribution(void **state)
{
        static const struct {
                const char *database, *os, *command;
        } rows[] = {
                { "/var/lib/dpkg/status", "ID=debian\n", "apt-get install policycoreutils" },
                { "/var/lib/rpm/rpmdb.sqlite", "ID=rhel\n", "dnf install policycoreutils" },
                { "/var/lib/rpm/rpmdb.sqlite", "ID=sles\nID_LIKE=suse\n",
                  "zypper install policycoreutils" },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct scratch s;
                enum do_kind kind;
                scratch_open(&s);
                s.sys.live = true;
                scratch_write(&s, rows[i].database, "");
                scratch_write(&s, "/etc/os-release", rows[i].os);
                _cleanup_free_ char *text = advice(&s.sys, 19, "tools-missing", &kind);
                assert_string_equal(text, rows[i].command);
                assert_int_equal(kind, DO_COMMAND);
                scratch_close(&s);
        }
}

/* Repaired, and nothing of the connector's is run: what keeps it from that is not the fault's own. */
static void test_no_restart(void **state)
{
        static const int ids[] = { 5, 8, 9, 11, 16, 19 };
        struct scratch s;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/var/lib/dpkg/status", "");
        for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
                enum do_kind kind;
                _cleanup_free_ char *text = advice(&s.sys, ids[i], "connector-disagrees", &kind);
                assert_non_null(strstr(text, "install it over this one"));
                assert_non_null(strstr(text, "dpkg -i FILE.deb"));
        }
        scratch_close(&s);
}

static void test_root_and_kernel(void **state)
{
        struct scratch s;
        enum do_kind kind;
        (void)state;
        scratch_open(&s);
        char *root = s.sys.root, *release = s.sys.release;
        s.sys.root = (char *)"/srv/a b";
        s.sys.release = (char *)"6.1.0-1-amd64";
        s.sys.release_given = true;
        _cleanup_free_ char *text = advice(&s.sys, 16, "kernel-too-new", &kind);
        assert_string_equal(text, "secep-repair --root '/srv/a b' --kernel 6.1.0-1-amd64 "
                                  "--fault 16 --allow kernel-change");
        s.sys.root = (char *)"/srv/\033[2J";
        _cleanup_free_ char *hostile = advice(&s.sys, 16, "kernel-too-new", &kind);
        assert_int_equal(kind, DO_PERSON);
        assert_null(strchr(hostile, '\033'));
        s.sys.root = root;
        s.sys.release = release;
        scratch_close(&s);
}

/* Names are words of the command, or there is no command. */
static void test_names(void **state)
{
        struct scratch s;
        _cleanup_finding_ struct finding f = FINDING_INIT;
        (void)state;
        scratch_open(&s);
        s.sys.live = true;
        advice_run(&s.sys, &f, "chmod", "0755", "/opt/$(reboot) it's", (char *)NULL);
        assert_int_equal(f.do_kind, DO_COMMAND);
        assert_string_equal(f.do_text, "chmod 0755 '/opt/$(reboot) it'\\''s'");
        advice_run(&s.sys, &f, "chmod", "0755", "/opt/\xe2\x80\xae", (char *)NULL);
        assert_int_equal(f.do_kind, DO_PERSON);
        advice_run(&s.sys, &f, "chmod", "0755", "/opt/\x9b", (char *)NULL);
        assert_int_equal(f.do_kind, DO_PERSON);
        finding_do(&f, DO_COMMAND, "rm %s", "/opt/a\nb");
        assert_int_equal(f.do_kind, DO_PERSON);
        finding_set(&f, VERDICT_OK, NULL, "gone"); /* a line of what held before */
        assert_int_equal(f.do_kind, DO_NOTHING);
        assert_null(f.do_text);
        scratch_close(&s);
}

/* The console's option that clears 8 and 9: in a note once, or in the do line and not twice. */
static void test_option_once(void **state)
{
        static const struct {
                int id;
                const char *cause;
                enum do_kind kind;
                size_t notes;
        } rows[] = {
                { 8, "secure-boot", DO_PERSON, 1 },       { 9, "module-missing", DO_COMMAND, 1 },
                { 8, "module-stale", DO_CONSOLE, 0 },     { 9, "module-stale", DO_CONSOLE, 0 },
                { 5, "account-elsewhere", DO_PERSON, 0 },
        };
        struct scratch s;
        (void)state;
        scratch_open(&s);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_finding_ struct finding f = FINDING_INIT;
                finding_set(&f, VERDICT_BLOCKED, rows[i].cause, "for this reason");
                for (int times = 0; times < 2; times++)
                        advice_ensure(&s.sys, fault_by_id(rows[i].id), &f);
                assert_int_equal(f.do_kind, rows[i].kind);
                assert_int_equal(f.notes ? strv_length(f.notes) : 0, rows[i].notes);
        }
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_fault),     cmocka_unit_test(test_only_blocked),
                cmocka_unit_test(test_distribution),    cmocka_unit_test(test_no_restart),
                cmocka_unit_test(test_root_and_kernel), cmocka_unit_test(test_names),
                cmocka_unit_test(test_option_once),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
