/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kmod-build: the refusals of eBPF told apart, each by the machine around it. */
#include "tests/unit/scratch.h"

#include <errno.h>

#include "kmod-build/refusal.h"

#define LOCKDOWN "/sys/kernel/security/lockdown"
#define ENFORCE "/sys/fs/selinux/enforce"
#define STATUS "/proc/self/status"
#define CAPABLE "Name:\tx\nCapEff:\t000001ffffffffff\n"
#define INCAPABLE "Name:\tx\nCapEff:\t0000000000000400\n"

static void test_refusals(void **state)
{
        static const struct {
                const char *file, *text; /* what the machine has, capable where it is not STATUS */
                enum proof_step step;
                int r;
                const char *said;
                enum proof_refusal refusal;
        } rows[] = {
                { LOCKDOWN, "none integrity [confidentiality]\n", PROOF_LOAD, -EPERM, "",
                  REFUSED_LOCKDOWN },
                { LOCKDOWN, "none [integrity] confidentiality\n", PROOF_LOAD, -EPERM, "",
                  REFUSED_OTHER },
                { LOCKDOWN, "none integrity [confidentiality]\n", PROOF_LOAD, -EINVAL,
                  "libbpf: -- BEGIN PROG LOAD LOG --\nunknown func bpf_probe_read_kernel#113\n",
                  REFUSED_LOCKDOWN },
                { LOCKDOWN, "none integrity [confidentiality]\n", PROOF_LOAD, -EINVAL,
                  "libbpf: -- BEGIN PROG LOAD LOG --\nR1 invalid mem access\n", REFUSED_VERIFIER },
                { LOCKDOWN, "none [integrity] confidentiality\n", PROOF_LOAD, -EINVAL,
                  "libbpf: -- BEGIN PROG LOAD LOG --\nunknown func bpf_probe_read_kernel#113\n",
                  REFUSED_VERIFIER },
                { ENFORCE, "1", PROOF_LOAD, -EACCES, "", REFUSED_SELINUX },
                { ENFORCE, "1", PROOF_ATTACH, -EACCES, "", REFUSED_SELINUX },
                { ENFORCE, "1", PROOF_LOAD, -EPERM, "", REFUSED_SELINUX },
                { ENFORCE, "0", PROOF_LOAD, -EACCES, "", REFUSED_OTHER },
                { ENFORCE, "1", PROOF_LOAD, -EACCES,
                  "libbpf: -- BEGIN PROG LOAD LOG --\nR1 invalid mem access\n", REFUSED_VERIFIER },
                { STATUS, INCAPABLE, PROOF_LOAD, -EPERM, "", REFUSED_UNPRIVILEGED },
                { STATUS, CAPABLE, PROOF_LOAD, -EPERM, "", REFUSED_OTHER },
                { NULL, NULL, PROOF_LOAD, -ESRCH, "", REFUSED_NO_BTF },
                { NULL, NULL, PROOF_LOAD, -ESRCH,
                  "libbpf: Error loading vmlinux BTF: -3\nno valid kernel BTF\n", REFUSED_NO_BTF },
                { NULL, NULL, PROOF_LOAD, -EINVAL, "", REFUSED_NO_BPF },
                { NULL, NULL, PROOF_LOAD, -ENOSYS, "", REFUSED_NO_BPF },
                { NULL, NULL, PROOF_ATTACH, -ENOENT, "", REFUSED_NO_FUNCTION },
                { NULL, NULL, PROOF_ATTACH, -EOPNOTSUPP, "", REFUSED_NO_FUNCTION },
                { NULL, NULL, PROOF_LOAD, -ENOMEM, "", REFUSED_MEMORY_LOCK },
                { NULL, NULL, PROOF_LOAD, -EBUSY, "", REFUSED_OTHER },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct scratch s;
                scratch_open(&s);
                s.sys.live = true;
                scratch_write(&s, STATUS, CAPABLE);
                if (rows[i].file)
                        scratch_write(&s, rows[i].file, rows[i].text);
                assert_int_equal(refusal_of(&s.sys, rows[i].step, rows[i].r, rows[i].said),
                                 rows[i].refusal);
                scratch_close(&s);
        }
        for (int i = REFUSED_NOT; i <= REFUSED_OTHER; i++)
                assert_true(*refusal_words((enum proof_refusal)i));
}

/* Who asks may be refused on a kernel that has all of it. */
static void test_of_asker(void **state)
{
        static const enum proof_refusal of_asker[] = { REFUSED_LOCKDOWN, REFUSED_SELINUX,
                                                       REFUSED_UNPRIVILEGED, REFUSED_MEMORY_LOCK };
        int n = 0;
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(of_asker); i++)
                assert_true(refusal_of_asker(of_asker[i]));
        for (int i = REFUSED_NOT; i <= REFUSED_OTHER; i++)
                n += refusal_of_asker((enum proof_refusal)i);
        assert_int_equal(n, ARRAY_SIZE(of_asker));
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_refusals),
                                            cmocka_unit_test(test_of_asker) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
