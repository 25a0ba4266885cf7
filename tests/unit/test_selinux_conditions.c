/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which boolean takes an access away: policies compiled by libsepol, and torn and damaged ones. */
#include "selinux_policy.h"

#include <errno.h>

#include "selinux/policy_conditions.h"
#include "selinux/policy_head.h"
#include "selinux/policy_shadows.h"
#include "selinux/secep_selinux.h"

#define POLICY "/etc/selinux/targeted/policy/policy.33"
#define CIL_FILE "(class file (ioctl))(classorder (process bpf file))"
#define BASE CIL_PROCESS CIL_BPF CIL_FILE CIL_BASE CIL_TYPE
#define WHEN(expression) "(booleanif " expression " (true " CIL_RULE "))"

static const struct {
        const char *cil;
        size_t asked;     /* booleans that an idle rule of the class waits for */
        const char *name; /* NULL: no single one */
        bool on;
} rows[] = {
        { "", 0, NULL, false },
        { "(boolean deny_bpf true)" WHEN("(not deny_bpf)"), 1, "deny_bpf", true },
        { "(boolean observe false)" WHEN("(observe)"), 1, "observe", false },
        { "(boolean harden true)(booleanif (harden) (false " CIL_RULE "))", 1, "harden", true },
        { "(boolean a true)(boolean b true)" WHEN("(and (not a) (not b))"), 2, NULL, false },
        { "(boolean a false)(boolean b true)" WHEN("(and a b)"), 2, "a", false },
        { "(boolean a false)(boolean b false)" WHEN("(and (or a b) (neq a b))"), 2, "a", false },
        { "(boolean a true)(boolean b true)" WHEN("(xor a b)"), 2, "a", true },
        { "(boolean a false)(boolean b true)" WHEN("(eq a b)"), 2, "a", false },
        /* of bpf by its name alone, or about another class, or a rule that holds already */
        { "(boolean deny_bpf true)(booleanif (not deny_bpf) (true (allow other_t self (process "
          "(fork)))))",
          0, NULL, false },
        { "(boolean on true)(booleanif (on) (true (allow unconfined_service_t self (bpf "
          "(map_read)))))",
          0, NULL, false },
        /* another domain waits for it; ours gets less than it needs; it is audited, no more */
        { "(boolean a false)(booleanif (a) (true (allow other_t self (bpf (prog_load)))))", 1, NULL,
          false },
        { "(boolean a false)(booleanif (a) (true (allow unconfined_service_t self (bpf "
          "(prog_load)))))",
          1, NULL, false },
        { "(boolean a false)(booleanif (a) (true (auditallow unconfined_service_t self (bpf "
          "(prog_load)))))",
          0, NULL, false },
        /* by an attribute, behind rules with another tail and users with levels */
        { "(typeattribute services)(typeattributeset services (unconfined_service_t))"
          "(boolean a false)(booleanif (a) (true (allow services self (bpf (map_create map_read "
          "map_write prog_load prog_run)))))",
          1, "a", false },
        { "(allow other_t self (file (ioctl)))(allowx other_t self (ioctl file (range 1 9)))"
          "(user u)(userrole u system_r)(userlevel u low)(levelrange both (low high))"
          "(level high (s0 (c0)))(userrange u both)(boolean a false)" WHEN("(a)"),
          1, "a", false },
        { "(boolean zeta true)(boolean alpha false)(booleanif (alpha) (true (allow other_t self "
          "(bpf (prog_load)))))" WHEN("(not zeta)"),
          2, "zeta", true },
};

struct read {
        struct policy_head head;
        struct head_class class;
        struct policy_conditions c;
};

static void read_free(struct read *r)
{
        policy_conditions_free(&r->c);
}

static int conditions(const char *image, size_t len, struct read *out)
{
        const unsigned char *bytes = (const unsigned char *)image;
        out->class = (struct head_class){ .name = "bpf", .permissions = selinux_bpf_permissions };
        int r = policy_head_read(bytes, len, SELINUX_DOMAIN, &out->class, 1, &out->head);
        return r < 0 ? r
                     : policy_conditions_read(bytes, len, out->head.end, out->head.version,
                                              out->class.value, &out->c);
}

static size_t counted(const struct policy_conditions *c)
{
        size_t n = 0;
        for (size_t i = 0; i < c->n_booleans; i++)
                n += c->booleans[i].counts;
        return n;
}

/* The policy with shadows, read again: all that was there is there, and each rule of a shadow is one that
 * its boolean would let hold. */
static void shadows_are_a_policy(const struct read *r)
{
        _cleanup_free_ unsigned char *image = NULL;
        struct policy_shadows shadows = { .n = 0 };
        struct read all = { .class = r->class }, one = { .class = r->class };
        size_t len = 0, at = 0;
        int made = policy_shadows_make(&r->c, &r->head, &r->class, &image, &len, &shadows);
        assert_int_equal(made, counted(&r->c) ? 0 : -ENOENT);
        if (made < 0)
                return;
        assert_int_equal(conditions((char *)image, len, &all), 0);
        assert_int_equal(all.c.always.n, r->c.always.n);
        assert_int_equal(all.c.n_conditions, r->c.n_conditions);
        for (size_t i = 0; i < r->c.n_booleans; i++) {
                char name[SHADOW_NAME];
                struct policy_rules rules;
                if (!r->c.booleans[i].counts || at == SHADOWS_MAX)
                        continue;
                policy_shadow_name(at, name);
                assert_string_equal(shadows.items[at++].boolean, r->c.booleans[i].name);
                one.class.name = name;
                assert_int_equal(
                        policy_head_read(image, len, SELINUX_DOMAIN, &one.class, 1, &one.head), 0);
                assert_true(one.class.found && one.class.missing == r->class.missing);
                assert_int_equal(policy_conditions_read(image, len, one.head.end, one.head.version,
                                                        one.class.value, &one.c),
                                 0);
                policy_rules_holding(&r->c, &r->c.booleans[i], &rules);
                assert_int_equal(one.c.always.n, rules.n);
                if (rules.n > 0)
                        assert_memory_equal(one.c.always.items, rules.items,
                                            rules.n * sizeof(*rules.items));
                free(rules.items);
                policy_conditions_free(&one.c);
        }
        assert_int_equal(at, shadows.n);
        policy_shadows_free(&shadows);
        policy_conditions_free(&all.c);
}

static void the_boolean_is_found(void **state)
{
        const struct selinux_question q = { .security_class = "bpf",
                                            .permissions = selinux_bpf_permissions };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *cil = xasprintf("%s%s", BASE, rows[i].cil), *name = NULL;
                _cleanup_free_ char *image = NULL;
                _cleanup_(read_free) struct read c = { .class = { 0 } };
                struct scratch s;
                bool on = false;
                size_t len = 0;
                scratch_open(&s);
                policy_write(&s, POLICY, cil, 33);
                assert_int_equal(sys_read(&s.sys, POLICY, 1 << 20, &image, &len), 0);
                assert_int_equal(conditions(image, len, &c), 0);
                int r = selinux_denied_boolean(&s.sys, POLICY, SELINUX_DOMAIN, &q, &name, &on);
                if (counted(&c.c) != rows[i].asked || r != (rows[i].name != NULL))
                        print_error("row %zu: %zu asked, %d\n", i, counted(&c.c), r);
                assert_int_equal(counted(&c.c), rows[i].asked);
                assert_int_equal(r, rows[i].name != NULL);
                if (rows[i].name) {
                        assert_string_equal(name, rows[i].name);
                        assert_int_equal(on, rows[i].on);
                }
                shadows_are_a_policy(&c);
                scratch_close(&s);
        }
}

/* Another domain waits for each of N booleans, and ours for the last where LAST is true. */
static char *many_booleans(int n, bool last)
{
        char *cil = xstrdup(BASE);
        for (int i = 1; i <= n; i++) {
                _cleanup_free_ char *old = cil;
                cil = xasprintf("%s(boolean b%03d false)(booleanif (b%03d) (true %s))", old, i, i,
                                last && i == n ? CIL_RULE
                                               : "(allow other_t self (bpf (prog_load)))");
        }
        return cil;
}

/* So many are tried; beyond, "none does" would be a guess. */
static void too_many_cannot_be_told(void **state)
{
        static const struct {
                int n;
                bool last;
                int r;
        } tries[] = {
                { 16, false, 0 }, { 16, true, 1 }, { 17, false, -E2BIG }, { 17, true, -E2BIG }
        };
        const struct selinux_question q = { .security_class = "bpf",
                                            .permissions = selinux_bpf_permissions };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
                _cleanup_free_ char *cil = many_booleans(tries[i].n, tries[i].last), *name = NULL;
                struct scratch s;
                bool on = true;
                scratch_open(&s);
                policy_write(&s, POLICY, cil, 33);
                assert_int_equal(
                        selinux_denied_boolean(&s.sys, POLICY, SELINUX_DOMAIN, &q, &name, &on),
                        tries[i].r);
                assert_int_equal(name != NULL, tries[i].r == 1);
                scratch_close(&s);
        }
}

/* The kernel's policy is little-endian on every machine: one that is turned round, whole or in its
 * words, is none. */
static void other_byte_order_is_refused(void **state)
{
        const struct selinux_question q = { .security_class = "bpf",
                                            .permissions = selinux_bpf_permissions };
        _cleanup_free_ char *cil = xasprintf("%s%s", BASE, rows[1].cil), *image = NULL,
                            *name = NULL;
        _cleanup_(read_free) struct read c = { .class = { 0 } };
        struct scratch s;
        size_t len = 0;
        bool on = false;
        (void)state;
        scratch_open(&s);
        policy_write(&s, POLICY, cil, 33);
        assert_int_equal(sys_read(&s.sys, POLICY, 1 << 20, &image, &len), 0);
        assert_int_equal(selinux_denied_boolean(&s.sys, POLICY, SELINUX_DOMAIN, &q, &name, &on), 1);
        for (size_t i = 0; i + 4 <= len; i += 4)
                for (size_t a = i, b = i + 3; a < b; a++, b--) {
                        char kept = image[a];
                        image[a] = image[b];
                        image[b] = kept;
                }
        scratch_bytes(&s, POLICY, image, len);
        assert_int_equal(selinux_denied_boolean(&s.sys, POLICY, SELINUX_DOMAIN, &q, &name, &on),
                         -EBADMSG);
        assert_int_equal(conditions(image, len, &c), -EBADMSG);
        scratch_close(&s);
}

static void make_and_drop(const struct read *r)
{
        _cleanup_free_ unsigned char *image = NULL;
        struct policy_shadows shadows = { .n = 0 };
        size_t len = 0;
        (void)policy_shadows_make(&r->c, &r->head, &r->class, &image, &len, &shadows);
        policy_shadows_free(&shadows);
}

/* Cut anywhere, or with any bytes changed, it is read to an end or refused. */
static void torn_and_damaged(void **state)
{
        _cleanup_free_ char *cil = xasprintf("%s%s", BASE, rows[15].cil);
        _cleanup_free_ char *image = NULL;
        struct scratch s;
        unsigned seed = 7;
        size_t len = 0, whole = 0;
        (void)state;
        scratch_open(&s);
        policy_write(&s, POLICY, cil, 33);
        assert_int_equal(sys_read(&s.sys, POLICY, 1 << 20, &image, &len), 0);
        scratch_close(&s);
        for (size_t cut = 0; cut <= len; cut++) {
                _cleanup_free_ char *copy = xcalloc(1, cut + 1);
                _cleanup_(read_free) struct read c = { .class = { 0 } };
                memcpy(copy, image, cut);
                whole += conditions(copy, cut, &c) == 0;
        }
        assert_true(whole > 0 && whole < len / 2);
        for (int turn = 0; turn < 20000; turn++) {
                _cleanup_free_ char *copy = xcalloc(1, len);
                _cleanup_(read_free) struct read c = { .class = { 0 } };
                memcpy(copy, image, len);
                for (int i = rand_r(&seed) % 4; i >= 0; i--)
                        copy[(size_t)rand_r(&seed) % len] = (char)rand_r(&seed);
                if (conditions(copy, len, &c) == 0 && c.class.found)
                        make_and_drop(&c);
        }
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
                cmocka_unit_test(the_boolean_is_found),
                cmocka_unit_test(too_many_cannot_be_told),
                cmocka_unit_test(other_byte_order_is_refused),
                cmocka_unit_test(torn_and_damaged),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
