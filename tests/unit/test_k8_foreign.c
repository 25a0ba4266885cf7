/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is not the connector's: an update's temporary signature files; another distribution's numbering.
 */
#include "scratch.h"

#include "connector/signatures.h"
#include "kernels/compat.h"
#include "lib/conf.h"
#include "lib/keyfile.h"

static void an_update_under_way_is_no_signature(void **state)
{
        struct scratch s;
        _cleanup_signatures_ struct signatures all = { 0 };
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/opt/cisco/amp/clamav/tmp.3f2a/clamav-77.cvd", "half");
        scratch_write(&s, "/opt/cisco/amp/clamav/tmp.3f2a/more/main.cvd", "half");
        scratch_write(&s, "/opt/cisco/amp/clamav/daily.cvd.tmp", "half");
        scratch_write(&s, "/opt/cisco/amp/clamav/temporal/main.cvd", "a real one, broken");
        assert_int_equal(conf_load(&s.sys, NULL), 0);
        assert_int_equal(signatures_read(&s.sys, &all, NULL), 0);
        assert_int_equal(all.n, 1);
        assert_non_null(strstr(all.files[0].path, "/temporal/main.cvd"));
        scratch_close(&s);
}

static const struct {
        const char *os_release;
        bool row;
} systems[] = {
        { "ID=rocky\nVERSION_ID=8.10\nID_LIKE=\"rhel centos fedora\"\n"
          "PLATFORM_ID=\"platform:el8\"\n",
          true },
        { "ID=almalinux\nVERSION_ID=9.4\nID_LIKE=\"rhel centos fedora\"\n", true },
        { "ID=amzn\nVERSION_ID=2018.03\nID_LIKE=\"rhel fedora\"\n", false },
        { "ID=house\nVERSION_ID=22.03\nID_LIKE=\"rhel fedora\"\n", false },
        { "ID=house\nVERSION_ID=9\nID_LIKE=\"rhel\"\nPLATFORM_ID=\"platform:house9\"\n", false },
};

static void another_numbering_has_no_row(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(systems); i++) {
                struct scratch s;
                _cleanup_compat_ struct compat compat = { 0 };
                struct keyfile os = { 0 };
                scratch_open(&s);
                assert_int_equal(compat_load(&s.sys, &compat, NULL), 0);
                assert_int_equal(keyfile_parse("os-release", systems[i].os_release,
                                               strlen(systems[i].os_release), &os, NULL),
                                 0);
                enum compat_answer answer =
                        compat_judge(&compat, &os, "4.18.0-553.el8_10.x86_64", "1.26.0", NULL);
                assert_int_equal(answer != COMPAT_NO_ROW, systems[i].row);
                keyfile_free(&os);
                scratch_close(&s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_update_under_way_is_no_signature),
                cmocka_unit_test(another_numbering_has_no_row),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
