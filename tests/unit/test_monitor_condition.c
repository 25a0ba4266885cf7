/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raised and cleared: they alternate, whatever the findings, whatever the restarts. */
#include "monitor/store.h"

#include <errno.h>

#include "monitor/connector_word.h"
#include "tests/unit/scratch.h"

static enum transition take(struct fault_state *s, enum verdict verdict, const char *cause,
                            int64_t when)
{
        _cleanup_finding_ struct finding f = FINDING_INIT;
        if (verdict == VERDICT_UNKNOWN)
                (void)finding_unknown(&f, -EIO, "could not be read");
        else
                finding_set(&f, verdict, cause, "because");
        return condition_take(s, &f, when);
}

static void test_raise_and_clear(void **state)
{
        struct states states;
        (void)state;
        states_init(&states);
        struct fault_state *s = states_find(&states, 5);
        assert_int_equal(take(s, VERDICT_OK, NULL, 1), TRANSITION_NONE);
        assert_int_equal(s->condition, CONDITION_CLEARED);
        assert_int_equal(take(s, VERDICT_FAULT, "user-missing", 2), TRANSITION_RAISED);
        assert_string_equal(s->cause, "user-missing");
        assert_int_equal(s->since, 2);
        assert_int_equal(take(s, VERDICT_BLOCKED, "account-elsewhere", 3), TRANSITION_NONE);
        assert_string_equal(s->cause, "account-elsewhere");
        assert_int_equal(s->since, 2);
        assert_int_equal(take(s, VERDICT_NOT_APPLICABLE, NULL, 4), TRANSITION_CLEARED);
        assert_null(s->cause);
        assert_int_equal(s->raises, 1);
        assert_int_equal(s->clears, 1);
        states_free(&states);
}

/* What does not tell changes nothing, and is never a clear. */
static void test_not_told_is_not_cleared(void **state)
{
        struct states states;
        (void)state;
        states_init(&states);
        struct fault_state *s = states_find(&states, 7);
        assert_int_equal(take(s, VERDICT_UNKNOWN, NULL, 1), TRANSITION_NONE);
        assert_int_equal(s->condition, CONDITION_UNKNOWN);
        assert_int_equal(take(s, VERDICT_NOT_ASKED, NULL, 1), TRANSITION_NONE);
        assert_int_equal(s->condition, CONDITION_UNKNOWN);
        assert_int_equal(take(s, VERDICT_FAULT, "disk-low", 2), TRANSITION_RAISED);
        assert_int_equal(take(s, VERDICT_UNKNOWN, NULL, 3), TRANSITION_NONE);
        assert_int_equal(take(s, VERDICT_NOT_ASKED, NULL, 3), TRANSITION_NONE);
        assert_int_equal(s->condition, CONDITION_RAISED);
        assert_string_equal(s->cause, "disk-low");
        assert_int_equal(s->verdict, VERDICT_NOT_ASKED);
        states_free(&states);
}

/* One restart of the scan process is no fault 6; after a loop it keeps 6 raised for its ten minutes. */
static void test_settling(void **state)
{
        struct states states;
        (void)state;
        states_init(&states);
        struct fault_state *s = states_find(&states, 6);
        assert_int_equal(take(s, VERDICT_FAULT, "settling", 1), TRANSITION_NONE);
        assert_int_equal(s->condition, CONDITION_UNKNOWN);
        assert_int_equal(take(s, VERDICT_OK, NULL, 2), TRANSITION_NONE);
        assert_int_equal(take(s, VERDICT_FAULT, "settling", 3), TRANSITION_NONE);
        assert_int_equal(s->condition, CONDITION_CLEARED);
        assert_int_equal(take(s, VERDICT_FAULT, "crash-loop", 4), TRANSITION_RAISED);
        assert_int_equal(take(s, VERDICT_FAULT, "settling", 5), TRANSITION_NONE);
        assert_int_equal(s->condition, CONDITION_RAISED);
        assert_int_equal(take(s, VERDICT_OK, NULL, 6), TRANSITION_CLEARED);
        states_free(&states);
}

static void test_after_a_restart(void **state)
{
        static const struct {
                enum condition kept;
                enum verdict verdict;
                enum transition expected;
        } rows[] = {
                { CONDITION_RAISED, VERDICT_FAULT, TRANSITION_NONE },
                { CONDITION_RAISED, VERDICT_OK, TRANSITION_CLEARED },
                { CONDITION_RAISED, VERDICT_UNKNOWN, TRANSITION_NONE },
                { CONDITION_CLEARED, VERDICT_FAULT, TRANSITION_RAISED },
                { CONDITION_CLEARED, VERDICT_OK, TRANSITION_NONE },
                { CONDITION_UNKNOWN, VERDICT_FAULT, TRANSITION_RAISED },
                { CONDITION_UNKNOWN, VERDICT_NOT_APPLICABLE, TRANSITION_NONE },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct states states;
                states_init(&states);
                struct fault_state *s = states_find(&states, 5);
                s->kept = rows[i].kept;
                s->since = 7;
                assert_int_equal(s->condition, CONDITION_UNKNOWN);
                assert_int_equal(take(s, rows[i].verdict, "user-missing", 9), rows[i].expected);
                assert_int_equal(s->since, rows[i].expected || rows[i].kept != s->kept ? 9 : 7);
                if (rows[i].verdict == VERDICT_UNKNOWN)
                        assert_int_equal(s->condition, CONDITION_UNKNOWN);
                states_free(&states);
        }
}

/* Random findings, and a restart through the state's text now and then. */
static void test_always_alternates(void **state)
{
        static const enum verdict verdicts[] = { VERDICT_UNKNOWN,        VERDICT_OK,
                                                 VERDICT_FAULT,          VERDICT_BLOCKED,
                                                 VERDICT_NOT_APPLICABLE, VERDICT_NOT_ASKED };
        unsigned seed = (unsigned)now_ms();
        struct store store;
        enum transition last[FAULTS_COUNT] = { TRANSITION_NONE };
        (void)state;
        print_message("seed %u\n", seed);
        store_init(&store);
        for (int i = 0; i < 100000; i++) {
                size_t at = (size_t)rand_r(&seed) % FAULTS_COUNT;
                struct fault_state *s = &store.states.of[at];
                enum transition t = take(s, verdicts[(size_t)rand_r(&seed) % ARRAY_SIZE(verdicts)],
                                         rand_r(&seed) % 2 ? "settling" : "x", i);
                if (t != TRANSITION_NONE) {
                        assert_int_not_equal(t, last[at]);
                        assert_true(t == TRANSITION_RAISED || last[at] == TRANSITION_RAISED);
                        last[at] = t;
                }
                if (rand_r(&seed) % 50 == 0) {
                        _cleanup_free_ char *text = store_text(&store), *note = NULL;
                        store_free(&store);
                        store_init(&store);
                        assert_int_equal(store_parse(&store, text, strlen(text), i, &note, NULL),
                                         0);
                        assert_null(note);
                }
        }
        store_free(&store);
}

static void test_state_text(void **state)
{
        struct store a, b;
        _cleanup_free_ char *text = NULL, *again = NULL, *note = NULL;
        (void)state;
        store_init(&a);
        store_init(&b);
        take(states_find(&a.states, 19), VERDICT_FAULT, "module-missing", 1000);
        a.seq = 3;
        event_list_add(&a.waiting, &(struct event){ .seq = 3,
                                                    .time = 1000,
                                                    .fault = 19,
                                                    .what = TRANSITION_RAISED,
                                                    .cause = (char[]){ "module-missing" },
                                                    .why = (char[]){ "caf\xe9 \xc3\xa9" } });
        text = store_text(&a);
        assert_int_equal(store_parse(&b, text, strlen(text), 2000, &note, NULL), 0);
        again = store_text(&b);
        assert_string_equal(text, again);
        assert_int_equal(states_find(&b.states, 19)->kept, CONDITION_RAISED);
        assert_int_equal(states_find(&b.states, 19)->condition, CONDITION_UNKNOWN);
        assert_int_equal(b.waiting.n, 1);
        /* cut anywhere, it is no state, and nothing of it stays */
        for (size_t n = 0; n < strlen(text); n++) {
                struct store cut;
                _cleanup_free_ char *why = NULL;
                store_init(&cut);
                assert_int_equal(store_parse(&cut, text, n, 2000, &note, &why), -EBADMSG);
                assert_non_null(why);
                assert_int_equal(states_find(&cut.states, 19)->kept, CONDITION_UNKNOWN);
                assert_int_equal(cut.seq, 0);
                store_free(&cut);
        }
        store_free(&a);
        store_free(&b);
}

#define STATE(faults_text) "{\"schema\":1,\"seq\":9,\"faults\":[" faults_text "],\"waiting\":[]}"

static int parse(struct store *store, const char *text, char **note)
{
        store_init(store);
        return store_parse(store, text, strlen(text), 5000, note, NULL);
}

static void test_state_of_others(void **state)
{
        static const struct {
                const char *text;
                int r;
        } rows[] = {
                { "", -EBADMSG },
                { "[]", -EBADMSG },
                { "null", -EBADMSG },
                { "{\"schema\":2}", -EPROTONOSUPPORT },
                { "{\"schema\":1}", -EBADMSG },
                { "{\"schema\":0,\"seq\":1,\"faults\":[],\"waiting\":[]}", -EBADMSG },
                { STATE("7"), -EBADMSG },
                { STATE("{\"fault\":5,\"condition\":\"latched\"}"), -EBADMSG },
                { STATE("{\"fault\":\"5\",\"condition\":\"raised\"}"), -EBADMSG },
                { "{\"schema\":1,\"seq\":1,\"faults\":[],\"waiting\":[{}]}", -EBADMSG },
                { STATE(""), 0 },
        };
        struct store store;
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *note = NULL;
                assert_int_equal(parse(&store, rows[i].text, &note), rows[i].r);
                store_free(&store);
        }
        _cleanup_free_ char *note = NULL;
        assert_int_equal(parse(&store,
                               STATE("{\"fault\":99,\"condition\":\"raised\"},"
                                     "{\"fault\":5,\"condition\":\"raised\",\"since\":999999,"
                                     "\"raises\":-4}"),
                               &note),
                         0);
        assert_non_null(strstr(note, "99"));
        assert_int_equal(states_find(&store.states, 5)->since, 5000); /* not after now */
        assert_int_equal(states_find(&store.states, 5)->raises, 0);
        store_free(&store);
}

static void test_disagreement(void **state)
{
        struct connector_word w = { .time = 1, .ids = { 5 }, .n = 1 };
        struct states states;
        (void)state;
        states_init(&states);
        assert_int_equal(disagreement_check(&w, &states, 2), 0); /* ours is not known */
        take(states_find(&states, 5), VERDICT_OK, NULL, 1);
        assert_int_equal(disagreement_check(&w, &states, 10), 0);
        w.time = DISAGREE_MS;
        assert_int_equal(disagreement_check(&w, &states, 9 + DISAGREE_MS), 0);
        assert_int_equal(disagreement_check(&w, &states, 10 + DISAGREE_MS), 1);
        assert_int_equal(disagreement_check(&w, &states, 11 + DISAGREE_MS), 0); /* told once */
        take(states_find(&states, 5), VERDICT_FAULT, "user-missing", 1);
        assert_int_equal(disagreement_check(&w, &states, 12 + DISAGREE_MS), 1); /* of one mind */
        assert_int_equal(disagreement_check(&w, &states, 13 + DISAGREE_MS), 0);
        states_free(&states);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_raise_and_clear),
                cmocka_unit_test(test_not_told_is_not_cleared),
                cmocka_unit_test(test_settling),
                cmocka_unit_test(test_after_a_restart),
                cmocka_unit_test(test_always_alternates),
                cmocka_unit_test(test_state_text),
                cmocka_unit_test(test_state_of_others),
                cmocka_unit_test(test_disagreement),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
