/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CIL's deny rule (libsepol 3.6 and newer): the built policy has no trace of it but an allow rule less. */
#include "selinux_policy.h"

#include "selinux/secep_selinux.h"

#define POLICY "/etc/selinux/targeted/policy/policy.33"
#define BASE CIL_PROCESS CIL_BPF CIL_ORDER_BPF CIL_BASE CIL_TYPE CIL_RULE
#define DENY "(deny unconfined_service_t self (bpf (prog_load)))"

static bool compiles(const char *cil)
{
        cil_db_t *db = NULL;
        sepol_debug(0);
        cil_set_log_level((enum cil_log_level)0);
        cil_db_init(&db);
        cil_set_mls(db, 1);
        bool well = cil_add_file(db, (char *)"test", (char *)(uintptr_t)cil, strlen(cil)) == 0 &&
                    cil_compile(db) == 0;
        cil_db_destroy(&db);
        return well;
}

static void what_is_denied_is_denied(void **state)
{
        struct selinux_question q = { .security_class = "bpf",
                                      .permissions = selinux_bpf_permissions };
        _cleanup_free_ char *why = NULL, *name = NULL;
        struct scratch s;
        bool on = false;
        (void)state;
        if (!compiles(BASE DENY)) {
                print_message("skipped: this machine's libsepol has no deny rule (3.6 has)\n");
                skip();
        }
        scratch_open(&s);
        policy_write(&s, POLICY, BASE DENY, 33);
        assert_int_equal(selinux_ask_policy(&s.sys, POLICY, SELINUX_DOMAIN, &q, 1, NULL), 0);
        assert_int_equal(q.answer, SELINUX_DENIED);
        assert_string_equal(q.denied, "prog_load");
        /* no constraint, no bound, no boolean: what a rebuild would not bring back is said so */
        assert_false(selinux_denied_despite(&s.sys, POLICY, SELINUX_DOMAIN, &q));
        assert_int_equal(selinux_denied_boolean(&s.sys, POLICY, SELINUX_DOMAIN, &q, &name, &on), 0);
        why = selinux_denied_why(&s.sys, POLICY, SELINUX_DOMAIN, &q);
        assert_string_equal(why,
                            "a deny rule or a boolean: no allow rule is left in the built policy");
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_denied_is_denied) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
