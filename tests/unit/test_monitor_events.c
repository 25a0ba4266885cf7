/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event log and the histories: written, read back, lost and gone on with. */
#include "monitor/store.h"

#include <errno.h>

#include "connector/crashes.h"
#include "monitor/connector_word.h"
#include "monitor/scan_history.h"
#include "tests/unit/scratch.h"

static struct event event(uint64_t seq, int fault, enum transition what)
{
        return (struct event){ .seq = seq, .time = (int64_t)seq, .fault = fault, .what = what };
}

static unsigned lines_of(const struct scratch *s, const char *path)
{
        _cleanup_free_ char *text = NULL;
        unsigned n = 0;
        assert_int_equal(sys_read(&s->sys, path, 1 << 20, &text, NULL), 0);
        for (const char *p = text; (p = strchr(p, '\n')); p++)
                n++;
        return n;
}

static void test_event_log(void **state)
{
        struct scratch s;
        struct event one = event(1, 5, TRANSITION_RAISED), two = event(2, 5, TRANSITION_CLEARED),
                     three = event(3, 7, TRANSITION_RAISED);
        struct states states;
        uint64_t seq = 0;
        (void)state;
        scratch_open(&s);
        one.cause = (char[]){ "user-missing" };
        assert_int_equal(event_log_append(&s.sys, &one), 0);
        assert_int_equal(event_log_append(&s.sys, &one), 0); /* killed after it was written */
        assert_int_equal(lines_of(&s, EVENTS_LOG), 1);
        /* rotated away, it is there still */
        assert_int_equal(rename(scratch_path(&s, EVENTS_LOG), scratch_path(&s, EVENTS_OLD)), 0);
        assert_int_equal(event_log_append(&s.sys, &one), 0);
        assert_false(sys_exists(&s.sys, EVENTS_LOG));
        /* half a line of one that was killed */
        scratch_write(&s, EVENTS_LOG, "{\"schema\":1,\"se");
        assert_int_equal(event_log_append(&s.sys, &two), 0);
        assert_int_equal(event_log_append(&s.sys, &three), 0);
        assert_int_equal(lines_of(&s, EVENTS_LOG), 3);
        states_init(&states);
        event_log_recover(&s.sys, &states, &seq);
        assert_int_equal(seq, 3);
        assert_int_equal(states_find(&states, 5)->kept, CONDITION_CLEARED);
        assert_int_equal(states_find(&states, 7)->kept, CONDITION_RAISED);
        assert_int_equal(states_find(&states, 8)->kept, CONDITION_UNKNOWN);
        states_free(&states);
        scratch_close(&s);
}

/* However long its sentence, an event is read back from its line. */
static void test_long_event(void **state)
{
        struct scratch s;
        struct event_list events = { 0 };
        struct event e = event(4, 5, TRANSITION_RAISED);
        char why[6000];
        (void)state;
        scratch_open(&s);
        memset(why, 1, sizeof(why) - 1);
        why[sizeof(why) - 1] = '\0';
        e.why = why;
        event_list_add(&events, &e);
        for (int i = 0; i < 2; i++)
                assert_int_equal(event_log_append(&s.sys, &events.all[0]), 0);
        assert_int_equal(lines_of(&s, EVENTS_LOG), 1);
        event_list_free(&events);
        scratch_close(&s);
}

static void test_lost_state_goes_on_from_the_log(void **state)
{
        struct scratch s;
        struct store store;
        struct event one = event(12, 11, TRANSITION_RAISED);
        _cleanup_free_ char *note = NULL, *none = NULL;
        (void)state;
        scratch_open(&s);
        assert_int_equal(event_log_append(&s.sys, &one), 0);
        scratch_write(&s, STATE_FILE, "{\"schema\":1,\"seq");
        store_load(&s.sys, &store, 1, &note);
        assert_non_null(strstr(note, "moved to state.json.bad"));
        assert_true(sys_exists(&s.sys, STATE_FILE ".bad"));
        assert_false(sys_exists(&s.sys, STATE_FILE));
        assert_int_equal(store.seq, 12);
        assert_int_equal(states_find(&store.states, 11)->kept, CONDITION_RAISED);
        assert_int_equal(store_save(&s.sys, &store, NULL), 0);
        assert_true(sys_exists(&s.sys, STATE_FILE));
        store_free(&store);
        store_load(&s.sys, &store, 1, &none);
        assert_null(none);
        assert_int_equal(store.seq, 12);
        store_free(&store);
        scratch_close(&s);
}

static void test_state_that_stays(void **state)
{
        struct scratch s;
        struct store store;
        _cleanup_free_ char *note = NULL;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, STATE_FILE, "no state");
        scratch_write(&s, STATE_FILE ".bad/x", "nothing is moved over a folder");
        store_load(&s.sys, &store, 1, &note);
        assert_non_null(note);
        assert_null(strstr(note, "moved"));
        assert_true(sys_exists(&s.sys, STATE_FILE));
        store_free(&store);
        scratch_close(&s);
}

static void test_word(void **state)
{
        struct connector_word w = { 0 };
        static const char text[] = "{\"time\":1000,\"degraded\":true,\"ids\":[5,\"x\",77]}";
        _cleanup_finding_ struct finding f = FINDING_INIT;
        (void)state;
        assert_int_equal(connector_word_parse("{}", 2, &w), -EBADMSG);
        assert_int_equal(connector_word_parse("{\"time\":5}", 10, &w), -EBADMSG);
        assert_int_equal(connector_word_parse(text, strlen(text), &w), 0);
        assert_int_equal(w.n, 2);
        assert_true(connector_word_names(&w, 5) && connector_word_names(&w, 18));
        assert_false(connector_word_names(&w, 7));
        finding_set(&f, VERDICT_NOT_ASKED, NULL, "not asked");
        connector_word_judge(&w, fault_by_id(18), 1000 + WORD_FRESH_MS, &f);
        assert_int_equal(f.verdict, VERDICT_NOT_ASKED); /* stale */
        connector_word_judge(&w, fault_by_id(18), 1001, &f);
        assert_int_equal(f.verdict, VERDICT_FAULT);
}

/* 8 and 9 are left to the connector where it runs; 5 is not. */
static void test_word_of_monitors(void **state)
{
        const struct connector_word w = { .time = 1, .ids = { 8 }, .n = 1 };
        static const struct {
                int fault;
                enum verdict verdict;
        } rows[] = { { 8, VERDICT_FAULT }, { 9, VERDICT_OK }, { 5, VERDICT_NOT_ASKED } };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_finding_ struct finding f = FINDING_INIT;
                finding_set(&f, VERDICT_NOT_ASKED, NULL, "not asked");
                connector_word_judge(&w, fault_by_id(rows[i].fault), 2, &f);
                assert_int_equal(f.verdict, rows[i].verdict);
        }
}

/* What the writer writes, the reader counts. */
static void test_scan_history(void **state)
{
        const struct process daemon = { .pid = 10, .start = 1000 };
        struct scan_starts starts;
        struct scratch s;
        (void)state;
        scratch_open(&s);
        for (int i = 0; i < 3; i++) {
                const struct process scanner = { .pid = 20 + i, .start = 100000 + (uint64_t)i };
                for (int twice = 0; twice < 2; twice++)
                        assert_int_equal(
                                scan_history_write(&s.sys, 500 + i, &scanner, &daemon, NULL), 0);
        }
        assert_int_equal(scan_starts_read(&s.sys, &daemon, 0, &starts), 0);
        assert_int_equal(starts.count, 3);
        assert_int_equal(starts.last, 502);
        _cleanup_free_ char *text = xstrdup("");
        for (int i = 0; i < 2 * HISTORY_KEPT; i++) {
                const struct process scanner = { .pid = i + 1, .start = 100000 };
                char *more = scan_history_add(text, i, &scanner, &daemon);
                free(text);
                text = more;
        }
        size_t lines = 0;
        for (const char *p = text; (p = strchr(p, '\n')); p++)
                lines++;
        assert_int_equal(lines, HISTORY_KEPT);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_event_log),
                cmocka_unit_test(test_long_event),
                cmocka_unit_test(test_lost_state_goes_on_from_the_log),
                cmocka_unit_test(test_state_that_stays),
                cmocka_unit_test(test_word),
                cmocka_unit_test(test_word_of_monitors),
                cmocka_unit_test(test_scan_history),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
