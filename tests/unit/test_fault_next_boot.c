/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel that boots next and that the connector does not run on: a release for programs, a note for a
 * person, and no verdict. */
#include "scratch.h"

#include "faults/fault.h"
#include "lib/conf.h"

#define NOW "6.1.0-25-amd64"
#define NEXT "6.18.0-1-amd64"

static void make(struct scratch *s, const char *next, const char *kernels)
{
        scratch_open(s);
        s->sys.live = true;
        _cleanup_free_ char *table = xasprintf("[debian-10]\nDistribution=debian\nMajor=10-\n"
                                               "Kernel=%s\nConnector=1.15.0-\n",
                                               kernels);
        _cleanup_free_ char *entry = xasprintf("version %s\nlinux /vmlinuz-%s\n", next, next);
        assert_int_equal(conf_load(&s->sys, NULL), 0);
        scratch_write(s, "/proc/sys/kernel/osrelease", NOW "\n");
        scratch_write(s, "/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
        scratch_write(s, "/etc/secep/kernel-compat.conf", table);
        scratch_write(s, "/opt/cisco/amp/etc/global.xml", "<c><version>1.24.0</version></c>");
        scratch_write(s, "/boot/loader/entries/a.conf", entry);
        scratch_write(s, "/boot/grub2/grub.cfg", "blscfg\n");
        scratch_write(s, "/lib/modules/" NOW "/modules.order", "");
        scratch_write(s, "/lib/modules/" NEXT "/modules.order", "");
        free(s->sys.release);
        s->sys.release = xstrdup(NOW);
}

static void told_ahead(void **state)
{
        static const struct {
                const char *next, *kernels, *told;
        } rows[] = {
                { NEXT, "4.19-6.12", NEXT },
                { NEXT, "4.19-", NULL },
                { NOW, "4.19-6.12", NULL },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct scratch s;
                _cleanup_finding_ struct finding f = FINDING_INIT;
                make(&s, rows[i].next, rows[i].kernels);
                assert_int_equal(fault_by_id(16)->probe(&s.sys, &f), 0);
                assert_int_not_equal(f.verdict, VERDICT_FAULT);
                if (rows[i].told)
                        assert_true(f.next_boot && streq(f.next_boot, rows[i].told));
                else
                        assert_null(f.next_boot);
                assert_int_equal(f.notes ? strv_length(f.notes) : 0, rows[i].told ? 1 : 0);
                scratch_close(&s);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = { cmocka_unit_test(told_ahead) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
