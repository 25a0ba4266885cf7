/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a binary policy allows: every answer, from policies compiled here. */
#include "tests/unit/selinux_policy.h"

#include <errno.h>

#include "selinux/policy_head.h"
#include "selinux/secep_selinux.h"

/* libsepol loses what it has read of a policy that turns out to be torn. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
        return "leak:libsepol.so\n";
}

#define POLICY "/etc/selinux/t/policy/policy.31"

struct world {
        const char *what;
        const char *cil;
        enum selinux_answer bpf, perf;
        const char *denied;
};

static const struct world worlds[] = {
        { "rule and perf_event there",
          CIL_PROCESS CIL_BPF CIL_PERF CIL_ORDER_BOTH CIL_BASE CIL_TYPE CIL_RULE CIL_PERF_RULE,
          SELINUX_ALLOWED, SELINUX_ALLOWED, NULL },
        { "rule without perf_event",
          CIL_PROCESS CIL_BPF CIL_PERF CIL_ORDER_BOTH CIL_BASE CIL_TYPE CIL_RULE, SELINUX_ALLOWED,
          SELINUX_DENIED, NULL },
        { "no rule", CIL_PROCESS CIL_BPF CIL_PERF CIL_ORDER_BOTH CIL_BASE CIL_TYPE, SELINUX_DENIED,
          SELINUX_DENIED, "map_create" },
        { "part of the rule",
          CIL_PROCESS CIL_BPF CIL_ORDER_BPF CIL_BASE CIL_TYPE
          "(allow unconfined_service_t self (bpf (map_create map_read prog_load prog_run)))",
          SELINUX_DENIED, SELINUX_UNKNOWN_DENIED, "map_write" },
        { "rule for another domain",
          CIL_PROCESS CIL_BPF CIL_ORDER_BPF CIL_BASE CIL_TYPE
          "(allow other_t self (bpf (map_create map_read map_write prog_load prog_run)))",
          SELINUX_DENIED, SELINUX_UNKNOWN_DENIED, "map_create" },
        { "rule by an attribute",
          CIL_PROCESS CIL_BPF CIL_ORDER_BPF CIL_BASE CIL_TYPE
          "(typeattribute a)(typeattributeset a (unconfined_service_t other_t))"
          "(allow a self (bpf (map_create map_read map_write prog_load prog_run)))",
          SELINUX_ALLOWED, SELINUX_UNKNOWN_DENIED, NULL },
        { "an attribute of that name is no domain",
          CIL_PROCESS CIL_BPF CIL_ORDER_BPF CIL_BASE
          "(typeattribute unconfined_service_t)"
          "(typeattributeset unconfined_service_t (other_t))" CIL_RULE,
          SELINUX_NO_DOMAIN, SELINUX_NO_DOMAIN, NULL },
        { "permissive domain",
          CIL_PROCESS CIL_BPF CIL_ORDER_BPF CIL_BASE CIL_TYPE
          "(typepermissive unconfined_service_t)",
          SELINUX_DOMAIN_PERMISSIVE, SELINUX_UNKNOWN_DENIED, "map_create" },
        { "another domain permissive",
          CIL_PROCESS CIL_BPF CIL_ORDER_BPF CIL_BASE CIL_TYPE "(typepermissive other_t)",
          SELINUX_DENIED, SELINUX_UNKNOWN_DENIED, "map_create" },
        { "domain without the role",
          CIL_PROCESS CIL_BPF CIL_ORDER_BPF CIL_BASE "(type unconfined_service_t)" CIL_RULE,
          SELINUX_ALLOWED, SELINUX_UNKNOWN_DENIED, NULL },
        { "no domain", CIL_PROCESS CIL_BPF CIL_ORDER_BPF CIL_BASE, SELINUX_NO_DOMAIN,
          SELINUX_NO_DOMAIN, NULL },
        { "no class, unknown ones pass",
          CIL_PROCESS CIL_ORDER_NONE CIL_UNKNOWN("allow") CIL_BASE CIL_TYPE,
          SELINUX_UNKNOWN_ALLOWED, SELINUX_UNKNOWN_ALLOWED, NULL },
        { "no class, unknown ones denied",
          CIL_PROCESS CIL_ORDER_NONE CIL_UNKNOWN("deny") CIL_BASE CIL_TYPE, SELINUX_UNKNOWN_DENIED,
          SELINUX_UNKNOWN_DENIED, NULL },
};

static bool needs_rules(enum selinux_answer answer)
{
        return answer == SELINUX_ALLOWED || answer == SELINUX_DENIED ||
               answer == SELINUX_DOMAIN_PERMISSIVE;
}

static void check_world(const struct scratch *s, const struct world *w, unsigned version)
{
        struct selinux_question q[] = {
                { .security_class = "bpf", .permissions = selinux_bpf_permissions },
                { .security_class = "perf_event", .permissions = selinux_perf_permissions },
        };
        char *why = NULL;
        policy_write(s, POLICY, w->cil, version);
        int r = selinux_ask_policy(&s->sys, POLICY, SELINUX_DOMAIN, q, 2, &why);
        if (r == -EOPNOTSUPP && needs_rules(w->bpf)) { /* a build without the query: it says so */
                assert_non_null(strstr(why, "libsepol"));
                free(why);
                return;
        }
        if (r < 0 || q[0].answer != w->bpf || q[1].answer != w->perf)
                print_error("%s, version %u: %d %s, bpf %d, perf %d\n", w->what, version, r, why,
                            q[0].answer, q[1].answer);
        assert_int_equal(r, 0);
        assert_int_equal(q[0].answer, w->bpf);
        assert_int_equal(q[1].answer, w->perf);
        if (w->denied)
                assert_string_equal(q[0].denied, w->denied);
        else
                assert_null(q[0].denied);
}

static void test_answers(void **state)
{
        (void)state;
        struct scratch s;
        scratch_open(&s);
        for (size_t i = 0; i < ARRAY_SIZE(worlds); i++)
                for (unsigned version = 24; version <= (unsigned)sepol_policy_kern_vers_max();
                     version++)
                        check_world(&s, &worlds[i], version);
        scratch_close(&s);
}

/* A policy cut anywhere is refused, never answered from. */
static void test_torn(void **state)
{
        (void)state;
        struct scratch s;
        scratch_open(&s);
        policy_write(&s, POLICY, worlds[2].cil, 31);
        char *data;
        size_t len;
        assert_int_equal(sys_read(&s.sys, POLICY, 1 << 20, &data, &len), 0);
        for (size_t n = 0; n < len; n += n < 256 ? 1 : 11) {
                struct selinux_question q = { .security_class = "bpf",
                                              .permissions = selinux_bpf_permissions };
                char *why = NULL;
                scratch_bytes(&s, POLICY, data, n);
                assert_true(selinux_ask_policy(&s.sys, POLICY, SELINUX_DOMAIN, &q, 1, &why) < 0);
                assert_non_null(why);
                free(why);
        }
        free(data);
        scratch_close(&s);
}

static void test_no_policy(void **state)
{
        (void)state;
        struct scratch s;
        scratch_open(&s);
        struct selinux_question q = { .security_class = "bpf",
                                      .permissions = selinux_bpf_permissions };
        char *why = NULL;
        assert_int_equal(selinux_ask_policy(&s.sys, POLICY, SELINUX_DOMAIN, &q, 1, NULL), -ENOENT);
        scratch_parents(&s, POLICY);
        assert_int_equal(mkfifo(scratch_path(&s, POLICY), 0600), 0);
        assert_int_equal(selinux_ask_policy(&s.sys, POLICY, SELINUX_DOMAIN, &q, 1, &why), -EBADMSG);
        free(why);
        scratch_close(&s);
}

/* The head's reader takes any bytes: each one in turn set to what surprises most. */
static void test_mangled_head(void **state)
{
        (void)state;
        static const unsigned char values[] = { 0x00, 0x7f, 0xff };
        struct scratch s;
        scratch_open(&s);
        policy_write(&s, POLICY, worlds[7].cil, 31);
        char *data;
        size_t len;
        assert_int_equal(sys_read(&s.sys, POLICY, 1 << 20, &data, &len), 0);
        for (size_t at = 0; at < len; at++) {
                char kept = data[at];
                for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
                        struct head_class c = { .name = "bpf",
                                                .permissions = selinux_bpf_permissions };
                        struct policy_head head;
                        data[at] = (char)values[v];
                        int r = policy_head_read((unsigned char *)data, len, SELINUX_DOMAIN, &c, 1,
                                                 &head);
                        assert_true(r == 0 || r == -EBADMSG);
                }
                data[at] = kept;
        }
        free(data);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_answers),
                cmocka_unit_test(test_torn),
                cmocka_unit_test(test_no_policy),
                cmocka_unit_test(test_mangled_head),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
