/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which boolean takes an access away, beside libsepol itself: it turns each boolean of made-up policies over
 * and writes the policy, which is asked. SECEP_DIFFERENTIAL=N: so many policies (200 where it is not set). */
#include "selinux_policy.h"

#include <sepol/booleans.h>

#include "selinux/secep_selinux.h"

#define POLICY "/etc/selinux/t/policy/policy.31"
#define TURNED "/etc/selinux/t/policy/turned"
#define BASE                                                                                       \
        CIL_PROCESS CIL_BPF CIL_ORDER_BPF CIL_BASE CIL_TYPE                                        \
                "(typeattribute services)"                                                         \
                "(typeattributeset services (unconfined_service_t kernel_t))"

static const char *const names[] = { "a", "b", "c" };
static const char *const constraints[] = { "", "", "", "(constrain (bpf (prog_load)) (neq t1 t2))",
                                           "(constrain (bpf (prog_load)) (eq t1 t2))" };
static const struct selinux_question question = { .security_class = "bpf",
                                                  .permissions = selinux_bpf_permissions };
static unsigned seed = 12;

static unsigned pick(size_t n)
{
        return (unsigned)rand_r(&seed) % (unsigned)n;
}

#define PICK(list) (list)[pick(ARRAY_SIZE(list))]

static char *expression(int depth)
{
        static const char *const operators[] = { "and", "or", "xor", "eq", "neq" };
        if (depth == 0)
                return xstrdup(PICK(names));
        _cleanup_free_ char *left = expression(depth - 1), *right = expression(depth - 1);
        return pick(4) ? xasprintf("(%s %s %s)", PICK(operators), left, right)
                       : xasprintf("(not %s)", left);
}

static char *rule(void)
{
        static const char *const permissions[] = {
                "map_create map_read map_write prog_load prog_run", "map_create map_read map_write",
                "prog_load prog_run", "map_read"
        };
        static const char *const sources[] = { "unconfined_service_t", "unconfined_service_t",
                                               "services", "other_t" };
        return xasprintf("(allow %s self (bpf (%s)))", PICK(sources), PICK(permissions));
}

static char *policy_made_up(void)
{
        static const char *const states[] = { "true", "false" };
        _cleanup_free_ char *always = rule();
        char *cil = xasprintf("%s%s%s", BASE, pick(2) ? always : "", PICK(constraints));
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                _cleanup_free_ char *old = cil;
                cil = xasprintf("%s(boolean %s %s)", old, names[i], PICK(states));
        }
        for (unsigned n = pick(4) + 1; n > 0; n--) {
                _cleanup_free_ char *old = cil, *when = expression(1 + (int)pick(2));
                _cleanup_free_ char *met = rule(), *unmet = rule();
                cil = xasprintf("%s(booleanif %s (true %s)(false %s))", old, when, met,
                                pick(2) ? unmet : "(allow other_t self (process (fork)))");
        }
        return cil;
}

/* libsepol writes POLICY with NAME turned over to TURNED. */
static void turn(const struct scratch *s, const char *name)
{
        sepol_handle_t *h = sepol_handle_create();
        sepol_policydb_t *db = NULL;
        sepol_policy_file_t *file = NULL;
        sepol_bool_key_t *key = NULL;
        sepol_bool_t *b = NULL;
        FILE *from = fopen(scratch_path(s, POLICY), "re");
        FILE *to = fopen(scratch_path(s, TURNED), "we");
        assert_non_null(from);
        assert_non_null(to);
        assert_int_equal(sepol_policydb_create(&db), 0);
        assert_int_equal(sepol_policy_file_create(&file), 0);
        sepol_policy_file_set_fp(file, from);
        assert_int_equal(sepol_policydb_read(db, file), 0);
        assert_int_equal(sepol_bool_key_create(h, name, &key), 0);
        assert_int_equal(sepol_bool_query(h, db, key, &b), 0);
        sepol_bool_set_value(b, !sepol_bool_get_value(b));
        assert_int_equal(sepol_bool_set(h, db, key, b), 0);
        sepol_policy_file_set_fp(file, to);
        assert_int_equal(sepol_policydb_write(db, file), 0);
        sepol_bool_free(b);
        sepol_bool_key_free(key);
        sepol_policy_file_free(file);
        sepol_policydb_free(db);
        sepol_handle_destroy(h);
        fclose(from);
        assert_int_equal(fclose(to), 0);
}

static bool is_allowed(const struct scratch *s, const char *path)
{
        struct selinux_question q = question;
        assert_int_equal(selinux_ask_policy(&s->sys, path, SELINUX_DOMAIN, &q, 1, NULL), 0);
        return q.answer == SELINUX_ALLOWED;
}

/* 1: a boolean was named; 0: none; both as libsepol has it. -1: the policy allows it as it is. */
static int compare(const struct scratch *s, const char *cil)
{
        _cleanup_free_ char *name = NULL;
        bool on = false;
        policy_write(s, POLICY, cil, 31);
        if (is_allowed(s, POLICY))
                return -1;
        int r = selinux_denied_boolean(&s->sys, POLICY, SELINUX_DOMAIN, &question, &name, &on);
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                turn(s, names[i]);
                bool gives = is_allowed(s, TURNED), named = name && streq(name, names[i]);
                if (r < 0 || named > gives || (gives && r == 0))
                        print_error("%s\n%s: %d, named %d, gives %d\n", cil, names[i], r, named,
                                    gives);
                assert_true(r >= 0 && named <= gives && (!gives || r == 1));
        }
        return r;
}

static void libsepol_turns_it_likewise(void **state)
{
        const char *given = getenv("SECEP_DIFFERENTIAL");
        long wanted = given ? strtol(given, NULL, 10) : 200, n = 0, seen[3] = { 0 };
        (void)state;
        struct scratch s;
        scratch_open(&s);
        for (; n < wanted; n++) {
                _cleanup_free_ char *cil = policy_made_up();
                seen[1 + compare(&s, cil)]++;
        }
        print_message(
                "%ld policies, 0 disagreements: %ld allow it, %ld by no boolean, %ld by one\n", n,
                seen[0], seen[1], seen[2]);
        assert_true(wanted < 200 || (seen[0] && seen[1] && seen[2] > 10));
        scratch_close(&s);
}

#ifdef __SANITIZE_ADDRESS__
/* Each policy that libsepol reads takes the place of the last, which it leaves allocated. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
        return "leak:libsepol.so\n";
}
#endif

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(libsepol_turns_it_likewise),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
