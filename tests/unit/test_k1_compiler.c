/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kind 1, a second parser of somebody else's file: which compiler built a kernel, as CONFIG_CC_VERSION_TEXT
 * and /proc/version have it of real kernels, and what installs it where. */
#include "tests/unit/scratch.h"

#include "kmod-build/tree.h"

static const struct row {
        const char *os, *text, *package;
        long major;
} rows[] = {
        /* of the list */
        { "ID=amzn\nVERSION_ID=2\nID_LIKE=\"centos rhel fedora\"\n",
          "gcc10-gcc (GCC) 10.5.0 20230707 (Red Hat 10.5.0-1)", "gcc10", 10 },
        { "ID=debian\nVERSION_ID=12\n", "Debian clang version 16.0.6 (15~deb12u1)", "clang-16",
          16 },
        { "ID=rhel\nVERSION_ID=8.10\nID_LIKE=fedora\n",
          "gcc (GCC) 11.2.1 20220127 (Red Hat 11.2.1-9)", "gcc-toolset-11-gcc", 11 },
        { "ID=sles\nVERSION_ID=15.6\nID_LIKE=suse\n", "gcc-13 (SUSE Linux) 13.2.1 20240206",
          "gcc13", 13 },
        /* further members */
        { "ID=debian\nVERSION_ID=12\n", "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0", "gcc-12", 12 },
        { "ID=ubuntu\nVERSION_ID=24.04\nID_LIKE=debian\n",
          "x86_64-linux-gnu-gcc-13 (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0", "gcc-13", 13 },
        { "ID=rhel\nVERSION_ID=8.10\nID_LIKE=fedora\n",
          "gcc (GCC) 8.5.0 20210514 (Red Hat 8.5.0-22)", "gcc", 8 },
        { "ID=ol\nVERSION_ID=8.9\nID_LIKE=fedora\n",
          "gcc (GCC) 11.3.1 20220421 (Red Hat 11.3.1-2.1.0.1)", "gcc-toolset-11-gcc", 11 },
        { "ID=rocky\nVERSION_ID=9.4\nID_LIKE=\"rhel centos fedora\"\n",
          "gcc (GCC) 11.4.1 20231218 (Red Hat 11.4.1-3)", "gcc", 11 },
        { "ID=fedora\nVERSION_ID=43\n", "gcc (GCC) 15.2.1 20250808 (Red Hat 15.2.1-1)", "gcc", 15 },
        { "ID=fedora\nVERSION_ID=43\n", "clang version 21.1.0 (Fedora 21.1.0-1.fc43)", "clang",
          21 },
        { "ID=\"opensuse-leap\"\nVERSION_ID=15.6\nID_LIKE=\"suse opensuse\"\n",
          "gcc (SUSE Linux) 7.5.0", "gcc7", 7 },
        { "ID=\"amzn\"\nVERSION_ID=2023\nID_LIKE=fedora\n",
          "gcc (GCC) 11.4.1 20230605 (Red Hat 11.4.1-2)", "gcc", 11 },
        { "ID=azurelinux\nVERSION_ID=3.0\n", "gcc (GCC) 13.2.0", "gcc", 13 },
        { "", "gcc (GCC) 12.2.0", "gcc", 12 },
        { "ID=debian\n", "clang", "clang", 0 },
        { "ID=debian\n", "gcc10x-gcc (GCC) 10.5.0", "gcc", 10 },
        { "ID=debian\n", "gcc (GCC) 12.2.0", "gcc", 12 },
        { "ID=debian\n", NULL, "gcc", 0 },
};

static void test_packages(void **state)
{
        (void)state;
        for (const struct row *r = rows; r < rows + ARRAY_SIZE(rows); r++) {
                struct scratch s;
                scratch_open(&s);
                scratch_write(&s, "/etc/os-release", r->os);
                _cleanup_free_ char *package = compiler_package(&s.sys, r->text);
                assert_string_equal(package, r->package);
                if (r->text)
                        assert_int_equal(compiler_major(r->text), r->major);
                scratch_close(&s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_packages) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
