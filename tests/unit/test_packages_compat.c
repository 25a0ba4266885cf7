/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-compat.conf: the shipped rows, the strict parser, the judgement. */
#include <errno.h>

#include "kernels/compat.h"
#include "tests/unit/scratch.h"

#define DEBIAN "ID=debian\nVERSION_ID=\"12\"\n"
#define ROCKY8 "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"8.10\"\n"
#define CENTOS7 "ID=\"centos\"\nID_LIKE=\"rhel fedora\"\nVERSION_ID=\"7\"\n"
#define UBUNTU "ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"18.04\"\n"
#define MINT "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=\"21\"\n"
#define ORACLE "ID=\"ol\"\nID_LIKE=\"fedora\"\nVERSION_ID=\"8.9\"\n"
#define AMAZON2 "ID=\"amzn\"\nID_LIKE=\"centos rhel fedora\"\nVERSION_ID=\"2\"\n"

static const struct {
        const char *os, *release, *connector;
        enum compat_answer answer;
        const char *row;
} judged[] = {
        { DEBIAN, "6.1.0-56-amd64", "1.24.1", COMPAT_FITS, "debian-10" },
        { DEBIAN, "6.1.0-56-amd64", NULL, COMPAT_FITS, "debian-10" },
        { DEBIAN, "6.1.0-56-amd64", "1.14.9", COMPAT_TOO_NEW, "debian-10" },
        { ROCKY8, "4.18.0-553.el8_10.x86_64", "1.13.0", COMPAT_FITS, "rhel-8" },
        { ROCKY8, "4.18.0-553.el8_10.x86_64", "1.12.7", COMPAT_TOO_NEW, "rhel-8" },
        { CENTOS7, "3.10.0-1160.el7.x86_64", "1.24.0", COMPAT_NO_ROW, NULL },
        { UBUNTU, "5.4.0-1-aws", "1.15", COMPAT_FITS, "ubuntu-18.04" },
        { MINT, "6.8.0-41-generic", "1.25", COMPAT_NO_ROW, NULL },
        { ORACLE, "5.4.17-2136.330.el8uek.x86_64", "1.18.0", COMPAT_FITS, "oracle-uek-6" },
        { ORACLE, "4.14.35-2047.el8uek.x86_64", "1.18.0", COMPAT_TOO_OLD, "oracle-uek-6" },
        { ORACLE, "4.18.0-553.el8.x86_64", "1.18.0", COMPAT_NO_ROW, NULL },
        { AMAZON2, "4.19.1-1.amzn2.x86_64", "1.20", COMPAT_FITS, "amazon-2" },
        { AMAZON2, "4.14.9-1.amzn2.x86_64", "1.20", COMPAT_TOO_OLD, "amazon-2" },
};

static void test_shipped_rows(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_compat_ struct compat compat = { 0 };
        scratch_open(&s);
        assert_int_equal(compat_load(&s.sys, &compat, NULL), 0);
        for (size_t i = 0; i < ARRAY_SIZE(judged); i++) {
                struct keyfile os = { 0 };
                const struct compat_row *row = NULL;
                assert_int_equal(keyfile_parse("os", judged[i].os, strlen(judged[i].os), &os, NULL),
                                 0);
                assert_int_equal(
                        compat_judge(&compat, &os, judged[i].release, judged[i].connector, &row),
                        judged[i].answer);
                if (judged[i].row)
                        assert_string_equal(row->name, judged[i].row);
                else
                        assert_null(row);
                keyfile_free(&os);
        }
        scratch_close(&s);
}

static void test_operator_file(void **state)
{
        (void)state;
        struct scratch s;
        _cleanup_compat_ struct compat compat = { 0 };
        struct keyfile os = { 0 };
        scratch_open(&s);
        scratch_write(&s, COMPAT_PATH,
                      "[debian-10]\nDistribution=debian\nMajor=10-\nKernel=4.19-6.1\n");
        assert_int_equal(compat_load(&s.sys, &compat, NULL), 0);
        assert_int_equal(keyfile_parse("os", DEBIAN, strlen(DEBIAN), &os, NULL), 0);
        assert_int_equal(compat_judge(&compat, &os, "6.1.99-amd64", "1.0", NULL), COMPAT_FITS);
        assert_int_equal(compat_judge(&compat, &os, "6.12.1-amd64", "1.0", NULL), COMPAT_TOO_NEW);
        assert_int_equal(compat_judge(&compat, &os, "4.9.0-1-amd64", "1.0", NULL), COMPAT_TOO_OLD);
        keyfile_free(&os);
        scratch_close(&s);
}

static void test_strict(void **state)
{
        (void)state;
        static const struct {
                const char *text, *said;
        } bad[] = {
                { "[a]\nDistribution=debian\nKernal=6\n", "f:3:" },
                { "[a]\nDistribution=debian\nKernel=6\nKernel=7\n", "f:4:" },
                { "[a]\nDistribution=debian\nKernel=six\n", "f:3:" },
                { "[a]\nDistribution=debian\nKernel=-\n", "f:3:" },
                { "[a]\nDistribution=debian\nConnector=1-2-3\n", "f:3:" },
                { "[a]\nDistribution=\n", "f:2:" },
                { "[a]\nKernel=6-\n", "[a] has no Distribution" },
                { "Distribution=debian\n", "f:1:" },
                { "[a]\nDistribution\n", "f:2" },
        };
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                _cleanup_compat_ struct compat compat = { 0 };
                _cleanup_free_ char *why = NULL;
                assert_int_equal(compat_parse(&compat, "f", bad[i].text, strlen(bad[i].text), &why),
                                 -EBADMSG);
                assert_non_null(strstr(why, bad[i].said));
                assert_int_equal(compat.n, 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_shipped_rows),
                cmocka_unit_test(test_operator_file),
                cmocka_unit_test(test_strict),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
