/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wanted later: names, delays, the end of trying. */
#include "installer/pending.h"

#include <errno.h>

#include "installer/queue.h"
#include "lib/conf_keys.h"
#include "repair/self.h"
#include "tests/unit/scratch.h"

static void test_names(void **state)
{
        static const struct {
                const char *name;
                int r;
        } rows[] = {
                { "5", 5 },
                { "19", 19 },
                { "99", -EINVAL },
                { "05", 5 },
                { "-5", -EINVAL },
                { "", -EINVAL },
                { "other", -EINVAL },
                { "..", -EINVAL },
                { "../x", -EINVAL },
                { "6.1.0-56-amd64", 0 },
                { "5;reboot", -EINVAL },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                assert_int_equal(pending_name(rows[i].name), rows[i].r);
}

static void test_delays(void **state)
{
        static const int delays[] = { 60, 300, 1500 };
        struct pending p = { 0 };
        int64_t now = 1000;
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(delays); i++) {
                assert_true(pending_is_due(&p, now));
                p = pending_tried(&p, now);
                assert_false(pending_given_up(&p));
                assert_false(pending_is_due(&p, now + delays[i] - 1));
                now += delays[i];
        }
        assert_true(pending_is_due(&p, now));
        p = pending_tried(&p, now);
        assert_true(pending_given_up(&p));
}

/* Wanted again while it waits: the delay goes on. After a repair: too, for an hour. */
static void test_asked_again(void **state)
{
        struct pending p = { .tries = 2, .due = 500 }, again = pending_asked(&p, 100);
        (void)state;
        assert_int_equal(again.tries, 2);
        assert_int_equal(again.due, 500);
        p = (struct pending){ .tries = 1, .done = 1000 };
        again = pending_asked(&p, 1010);
        assert_int_equal(again.tries, 1);
        assert_int_equal(again.due, 1070);
        assert_false(again.done);
        p.tries = PENDING_TRIES;
        again = pending_asked(&p, 1010);
        assert_false(pending_given_up(&again));
        assert_int_equal(again.due, 1010 + 1500);
        again = pending_asked(&p, 1000 + PENDING_REMEMBERED);
        assert_int_equal(again.tries, 0);
        assert_true(pending_is_due(&again, 0));
        assert_false(pending_is_due(&p, 5000)); /* repaired is not wanted */
        assert_true(pending_is_old(&p, 999));   /* the clock went back */
        p = (struct pending){ .tries = 1, .due = 100000 };
        assert_true(pending_is_due(&p, 10));
}

static void test_text(void **state)
{
        static const char *const bad[] = { "",
                                           "x",
                                           "{}",
                                           "[]",
                                           "{\"tries\":-1,\"due\":0,\"done\":0}",
                                           "{\"tries\":9,\"due\":0,\"done\":0}",
                                           "{\"tries\":\"1\",\"due\":0,\"done\":0}" };
        struct pending p = { .tries = 3, .due = 123, .done = 456 };
        _cleanup_free_ char *text = pending_text(&p);
        (void)state;
        struct pending q = pending_parse(text);
        assert_memory_equal(&p.due, &q.due, sizeof(p.due));
        assert_int_equal(p.tries, q.tries);
        assert_int_equal(p.done, q.done);
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                q = pending_parse(bad[i]);
                assert_int_equal(q.tries, PENDING_TRIES - 1);
                assert_true(pending_is_due(&q, 1));
        }
}

static void test_take(void **state)
{
        struct scratch s;
        struct pending p;
        (void)state;
        scratch_open(&s);
        assert_int_equal(pending_take(&s.sys, 1, NULL), 0); /* no directory */
        scratch_write(&s, QUEUE_NEW "/5", "rm -rf /");
        scratch_write(&s, QUEUE_NEW "/6.1.0-1-amd64", "{\"tries\":4}");
        scratch_write(&s, QUEUE_NEW "/other", "");
        scratch_write(&s, QUEUE_NEW "/.5", "");
        assert_int_equal(mkdir(scratch_path(&s, QUEUE_NEW "/7"), 0755), 0);
        assert_int_equal(symlink("/etc/passwd", scratch_path(&s, QUEUE_NEW "/8")), 0);
        assert_int_equal(pending_take(&s.sys, 1, NULL), 0);
        _cleanup_strv_ char **left = NULL;
        assert_int_equal(queue_list(&s.sys, QUEUE_NEW, &left), 0);
        assert_null(left);
        assert_false(sys_exists(&s.sys, QUEUE_NEW "/.5"));
        assert_int_equal(pending_read(&s.sys, "5", &p), 0);
        assert_int_equal(p.tries, 0);
        assert_int_equal(pending_read(&s.sys, "6.1.0-1-amd64", &p), 0);
        assert_int_equal(p.tries, 0); /* its content was not believed */
        assert_int_equal(pending_read(&s.sys, "other", &p), -ENOENT);
        assert_int_equal(pending_drop(&s.sys, "5", NULL), 0);
        assert_int_equal(pending_drop(&s.sys, "5", NULL), 0);
        assert_int_equal(pending_read(&s.sys, "5", &p), -ENOENT);
        scratch_close(&s);
}

static void test_allowed(void **state)
{
        static const char text[] = "Repair=5 11, 19x 7\n";
        struct sys sys = { .root_fd = -1 };
        (void)state;
        assert_false(self_repair_allowed(&sys, 5));
        assert_int_equal(conf_parse("x", text, strlen(text), &sys.conf, NULL), 0);
        assert_true(self_repair_allowed(&sys, 5) && self_repair_allowed(&sys, 11) &&
                    self_repair_allowed(&sys, 7));
        assert_false(self_repair_allowed(&sys, 19) || self_repair_allowed(&sys, 1));
        conf_free(sys.conf);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),       cmocka_unit_test(test_delays),
                cmocka_unit_test(test_asked_again), cmocka_unit_test(test_text),
                cmocka_unit_test(test_take),        cmocka_unit_test(test_allowed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
