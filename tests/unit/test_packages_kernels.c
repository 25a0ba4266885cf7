/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packages a kernel comes in: their names, and the release each holds. */
#include <errno.h>

#include "packages/packages.h"
#include "tests/unit/scratch.h"

static void test_kernel_packages(void **state)
{
        (void)state;
        static const struct {
                enum package_kind kind;
                const char *os, *like, *pattern, *name, *version, *release;
        } rows[] = {
                { PACKAGES_DPKG, "ID=debian\n", "6.1.0-56-amd64", "linux-image-[0-9]*-amd64",
                  "linux-image-5.10.0-9-amd64", "5.10.1-1", "5.10.0-9-amd64" },
                { PACKAGES_DPKG, "ID=debian\n", "6.1.0-56-amd64", "linux-image-[0-9]*-amd64",
                  "linux-image-6.1.0-9-cloud-amd64", "1", NULL },
                { PACKAGES_DPKG, "ID=debian\n", "6.1.0-56-amd64", "linux-image-[0-9]*-amd64",
                  "linux-image-6.1-amd64", "1", NULL },
                { PACKAGES_DPKG, "ID=ubuntu\n", "5.15.0-9-aws", "linux-image-[0-9]*-aws",
                  "linux-image-5.15.0-91-aws", "1", "5.15.0-91-aws" },
                { PACKAGES_RPM, "ID=rhel\n", "5.14.0-427.el9.x86_64", "kernel", "kernel",
                  "5.14.0-362.8.1.el9_3", "5.14.0-362.8.1.el9_3.x86_64" },
                { PACKAGES_RPM, "ID=rhel\n", "5.14.0-427.el9.x86_64+rt", "kernel-rt", "kernel-rt",
                  "5.14.0-362.el9", "5.14.0-362.el9.x86_64+rt" },
                { PACKAGES_RPM, "ID=ol\n", "5.15.0-1.el8uek.x86_64", "kernel-uek", "kernel-uek",
                  "5.4.17-2.el8uek", "5.4.17-2.el8uek.x86_64" },
                { PACKAGES_RPM, "ID=sles\nID_LIKE=suse\n", "5.14.21-150500.55.7-default", NULL,
                  NULL, NULL, NULL },
        };
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct keyfile os = { 0 };
                _cleanup_kernel_packages_ struct kernel_packages kp = { 0 };
                assert_int_equal(keyfile_parse("os", rows[i].os, strlen(rows[i].os), &os, NULL), 0);
                _cleanup_header_package_ struct header_package headers = { 0 };
                assert_int_equal(header_package_of(rows[i].kind, &os, rows[i].like, &headers, NULL),
                                 0);
                int r = kernel_packages_of(rows[i].kind, &headers, rows[i].like, &kp, NULL);
                keyfile_free(&os);
                assert_int_equal(r, rows[i].pattern ? 0 : -ENOENT);
                if (r < 0)
                        continue;
                assert_string_equal(kp.pattern, rows[i].pattern);
                _cleanup_free_ char *release =
                        kernel_release_of(&kp, rows[i].name, rows[i].version);
                if (rows[i].release)
                        assert_string_equal(release, rows[i].release);
                else
                        assert_null(release);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_kernel_packages),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
