/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --watch takes from faults.json, and the exit status it makes of it. */
#include "repair/watched.h"

#include <errno.h>

#include "repair/outcome.h"
#include "tests/unit/scratch.h"

static int status_of(const char *text, bool alive, bool all)
{
        struct watched w = { 0 };
        const struct fault *five[] = { fault_by_id(5), NULL };
        assert_int_equal(watched_parse(text, &w), 0);
        w.alive = alive;
        int status = watched_status(&w, five, all);
        watched_free(&w);
        return status;
}

static void test_status(void **state)
{
        static const struct {
                const char *verdict;
                int named, all;
        } rows[] = {
                { "ok", EXIT_NO_FAULT_LEFT, EXIT_NO_FAULT_LEFT },
                { "not-applicable", EXIT_NO_FAULT_LEFT, EXIT_NO_FAULT_LEFT },
                { "fault", EXIT_FAULT_LEFT, EXIT_FAULT_LEFT },
                { "blocked", EXIT_PERSON_NEEDED, EXIT_PERSON_NEEDED },
                { "could-not-tell", EXIT_COULD_NOT_TELL, EXIT_COULD_NOT_TELL },
                { "not-asked", EXIT_COULD_NOT_TELL, EXIT_NO_FAULT_LEFT },
                { "of-another-version", EXIT_COULD_NOT_TELL, EXIT_COULD_NOT_TELL },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *text =
                        xasprintf("{\"faults\":[{\"id\":5,\"verdict\":\"%s\"}]}", rows[i].verdict);
                assert_int_equal(status_of(text, true, false), rows[i].named);
                assert_int_equal(status_of(text, true, true), rows[i].all);
        }
        /* nobody looks any more: ok then is not ok now */
        assert_int_equal(status_of("{\"faults\":[{\"id\":5,\"verdict\":\"ok\"}]}", false, false),
                         EXIT_COULD_NOT_TELL);
        /* a fault that is not named */
        assert_int_equal(status_of("{\"faults\":[]}", true, true), EXIT_COULD_NOT_TELL);
}

/* An old look, a look that could not tell, a condition that another version names: not clear. */
static void test_clear_since(void **state)
{
        static const struct {
                const char *condition, *verdict;
                int looked;
                bool clear;
        } rows[] = {
                { "cleared", "ok", 100, true },         { "cleared", "not-applicable", 101, true },
                { "cleared", "ok", 99, false },         { "cleared", "could-not-tell", 100, false },
                { "cleared", "not-asked", 100, false }, { "cleared", "other", 100, false },
                { "raised", "ok", 100, false },         { "unknown", "ok", 100, false },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct watched w = { 0 };
                _cleanup_free_ char *text =
                        xasprintf("{\"faults\":[{\"id\":5,\"verdict\":\"%s\",\"condition\":\"%s\","
                                  "\"looked\":%d}]}",
                                  rows[i].verdict, rows[i].condition, rows[i].looked);
                assert_int_equal(watched_parse(text, &w), 0);
                assert_int_equal(watched_clear_since(watched_find(&w, fault_by_id(5)), 100),
                                 rows[i].clear);
                assert_false(watched_clear_since(watched_find(&w, fault_by_id(7)), 0));
                watched_free(&w);
        }
}

static void test_bad_text(void **state)
{
        static const char *const bad[] = { "", "[]", "{", "{}", "{\"faults\":5}", "null" };
        struct watched w = { .time = 7 };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
                assert_int_equal(watched_parse(bad[i], &w), -EBADMSG);
        assert_int_equal(w.time, 7);
        assert_int_equal(watched_parse("{\"time\":\"x\",\"faults\":[7,null,{\"id\":\"5\"},"
                                       "{\"id\":5,\"why\":3,\"since\":-1,\"verdict\":[]}]}",
                                       &w),
                         0);
        assert_int_equal(watched_find(&w, fault_by_id(5))->verdict, VERDICT_UNKNOWN);
        assert_string_equal(watched_find(&w, fault_by_id(5))->why, "");
        watched_free(&w);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_status),
                cmocka_unit_test(test_clear_since),
                cmocka_unit_test(test_bad_text),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
