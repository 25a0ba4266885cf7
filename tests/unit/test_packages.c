/* SPDX-License-Identifier: GPL-2.0-or-later */
/* packages/: releases, dpkg's status, .deb files. Header packages: test_packages_roots.c. */
#include <errno.h>
#include <fcntl.h>

#include "lib/util.h"
#include "packages/dpkg.h"
#include "packages/packages.h"
#include "tests/unit/scratch.h"

static void test_no_system(void **state)
{
        (void)state;
        struct keyfile os = { 0 };
        struct header_package hp = { 0 };
        _cleanup_free_ char *why = NULL;
        assert_int_equal(header_package_of(PACKAGES_NONE, &os, "6.1.0", &hp, &why), -ENOENT);
        assert_non_null(why);
}

static void test_release_check(void **state)
{
        (void)state;
        static const char *const bad[] = { "",      "../6.1", "6.1;x", "6.1 0", "-6.1",
                                           "6.1/x", "$(id)",  ".",     "6.1\n" };
        static const char *const good[] = { "6.1.0-56-amd64", "5.14.0-427.el9.x86_64+debug",
                                            "6.12~rc1_x" };
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
                assert_int_equal(release_check(bad[i], NULL), -EINVAL);
        for (size_t i = 0; i < ARRAY_SIZE(good); i++)
                assert_int_equal(release_check(good[i], NULL), 0);
}

static const char status_text[] =
        "Package: one\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n"
        "Depends: two (>= 1), three\nDescription: Package: two\n Status: lies\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nVersion: 3\n\n"
        "Package: half\nStatus: install reinstreq half-installed\nVersion: 2\n\n"
        "Package: two\nStatus: install ok triggers-pending\nVersion: 2.5\n";

static int setup(void **state)
{
        struct scratch *s = xcalloc(1, sizeof(*s));
        scratch_open(s);
        *state = s;
        return 0;
}

static int teardown(void **state)
{
        scratch_close(*state);
        free(*state);
        return 0;
}

static void test_dpkg_status(void **state)
{
        static const struct {
                const char *name;
                enum package_state state;
                const char *version;
        } expected[] = {
                { "one", PACKAGE_INSTALLED, "1.0-1" }, { "two", PACKAGE_INSTALLED, "2.5" },
                { "gone", PACKAGE_ABSENT, NULL },      { "half", PACKAGE_BROKEN, "2" },
                { "tw", PACKAGE_ABSENT, NULL },        { "none", PACKAGE_ABSENT, NULL },
        };
        struct scratch *s = *state;
        scratch_write(s, "/var/lib/dpkg/status", status_text);
        assert_int_equal(package_kind(&s->sys), PACKAGES_DPKG);
        for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
                _cleanup_package_info_ struct package_info info = { 0 };
                assert_int_equal(dpkg_package(&s->sys, expected[i].name, &info, NULL), 0);
                assert_int_equal(info.state, expected[i].state);
                if (expected[i].version)
                        assert_string_equal(info.version, expected[i].version);
                else
                        assert_null(info.version);
        }
        _cleanup_free_ char *name = NULL;
        assert_int_equal(dpkg_interrupted(&s->sys, &name), 1);
        assert_string_equal(name, "half");
}

/* While dpkg works its notes are newer than the status file. */
static void test_dpkg_journal(void **state)
{
        static const struct {
                const char *name;
                enum package_state state;
        } expected[] = {
                { "one", PACKAGE_BROKEN },    { "two", PACKAGE_ABSENT },
                { "new", PACKAGE_INSTALLED }, { "half", PACKAGE_BROKEN },
                { "gone", PACKAGE_ABSENT },
        };
        struct scratch *s = *state;
        scratch_write(s, "/var/lib/dpkg/status", status_text);
        scratch_write(s, "/var/lib/dpkg/updates/tmp.i", "Package: one\nStatus: lies\n");
        scratch_write(s, "/var/lib/dpkg/updates/0001",
                      "Package: new\nStatus: install ok half-configured\nVersion: 1\n");
        scratch_write(s, "/var/lib/dpkg/updates/0000",
                      "Package: one\nStatus: install ok unpacked\nVersion: 1.1\n");
        scratch_write(s, "/var/lib/dpkg/updates/0003",
                      "Package: two\nStatus: deinstall ok config-files\nVersion: 2.5\n");
        scratch_write(s, "/var/lib/dpkg/updates/0002",
                      "Package: new\nStatus: install ok installed\nVersion: 1\n");
        for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
                _cleanup_package_info_ struct package_info info = { 0 };
                assert_int_equal(dpkg_package(&s->sys, expected[i].name, &info, NULL), 0);
                assert_int_equal(info.state, expected[i].state);
        }
        _cleanup_free_ char *name = NULL;
        assert_int_equal(dpkg_interrupted(&s->sys, &name), 1);
        assert_string_equal(name, "the journal");
}

static void test_dpkg_status_hostile(void **state)
{
        struct scratch *s = *state;
        _cleanup_package_info_ struct package_info info = { 0 };
        char *line = xcalloc(300001, 1);
        memset(line, 'x', 300000);
        _cleanup_free_ char *text = xasprintf(
                "Package: a\nDescription: %s\nStatus: install ok installed\nVersion: 1", line);
        free(line);
        scratch_write(s, "/var/lib/dpkg/status", text);
        assert_int_equal(dpkg_package(&s->sys, "a", &info, NULL), 0);
        assert_int_equal(info.state, PACKAGE_INSTALLED);
        assert_int_equal(unlink(scratch_path(s, "/var/lib/dpkg/status")), 0);
        assert_int_equal(mkfifoat(s->sys.root_fd, "var/lib/dpkg/status", 0600), 0);
        assert_int_equal(dpkg_package(&s->sys, "a", &info, NULL), -EINVAL);
}

static void test_missing_file(void **state)
{
        struct scratch *s = *state;
        _cleanup_free_ char *path = NULL;
        scratch_write(s, "/usr/src/here", "");
        scratch_write(s, "/var/lib/dpkg/info/p.list", "/.\n/usr\n/usr/src/here\n");
        assert_int_equal(dpkg_file_missing(&s->sys, "p", &path), 0);
        scratch_write(s, "/var/lib/dpkg/info/p.list", /* path-exclude= of a small image */
                      "/usr/src/here\n/usr/share/doc/p\n/usr/share/doc/p/copyright\n");
        assert_int_equal(dpkg_file_missing(&s->sys, "p", &path), 0);
        scratch_write(s, "/var/lib/dpkg/info/p.list", "/usr/src/here\n/usr/src/gone\n");
        assert_int_equal(dpkg_file_missing(&s->sys, "p", &path), 1);
        assert_string_equal(path, "/usr/src/gone");
        assert_int_equal(dpkg_file_missing(&s->sys, "q", &path), -ENOENT);
}

static void test_newest_kernel(void **state)
{
        struct scratch *s = *state;
        _cleanup_free_ char *release = NULL, *why = NULL;
        assert_int_equal(release_newest(&s->sys, &release, &why), -ENOENT);
        assert_non_null(strstr(why, "--kernel"));
        scratch_write(s, "/lib/modules/6.1.0-9-amd64/modules.builtin", "");
        scratch_write(s, "/lib/modules/6.1.0-56-amd64/modules.order", "");
        scratch_write(s, "/lib/modules/7.0.0-1-amd64/build/x", "");
        assert_int_equal(release_newest(&s->sys, &release, NULL), 0);
        assert_string_equal(release, "6.1.0-56-amd64");
}

static void test_compare_releases(void **state)
{
        (void)state;
        static const char *const rising[][2] = {
                { "5.14.0-427.el9.x86_64", "5.14.0-427.13.1.el9_4.x86_64" },
                { "6.1.0-9-amd64", "6.1.0-56-amd64" },
                { "6.12~rc6-amd64", "6.12-amd64" },
                { "5.4.17-2136.el8uek", "5.15.0-1.el8uek" },
                { "6.1", "6.1.1" },
                { "6.01", "6.2" },
                { "6.1.0-1-amd64", "6.1.0-1-cloud-amd64" },
        };
        for (size_t i = 0; i < ARRAY_SIZE(rising); i++) {
                assert_true(release_compare(rising[i][0], rising[i][1]) < 0);
                assert_true(release_compare(rising[i][1], rising[i][0]) > 0);
                assert_int_equal(release_compare(rising[i][0], rising[i][0]), 0);
        }
        assert_int_equal(release_compare("6.1.0-1", "6.1.0_1"), 0);
}

static int check_deb(struct scratch *s, const char *text, size_t len)
{
        scratch_write(s, "/x.deb", "");
        _cleanup_close_ int fd = sys_openat(&s->sys, "/x.deb", O_RDWR, 0);
        assert_int_equal(write(fd, text, len), (ssize_t)len);
        return deb_check(fd, "x.deb", NULL);
}

static char *ar_member(const char *name, int size)
{
        return xasprintf("%-16s0           0     0     100644  %-10d`\n", name, size);
}

static void test_deb_cut_off(void **state)
{
        struct scratch *s = *state;
        _cleanup_free_ char *a = ar_member("debian-binary", 4), *b = ar_member("control.tar", 3),
                            *c = ar_member("data.tar.xz", 2),
                            *deb = xasprintf("!<arch>\n%s2.0\n%sabc\n%sde", a, b, c);
        size_t len = strlen(deb);
        assert_int_equal(check_deb(s, deb, len), 0);
        for (size_t n = 0; n < len; n++)
                assert_int_equal(check_deb(s, deb, n), -EBADMSG);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_no_system),
                cmocka_unit_test(test_release_check),
                cmocka_unit_test_setup_teardown(test_dpkg_status, setup, teardown),
                cmocka_unit_test_setup_teardown(test_dpkg_journal, setup, teardown),
                cmocka_unit_test_setup_teardown(test_dpkg_status_hostile, setup, teardown),
                cmocka_unit_test_setup_teardown(test_missing_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_newest_kernel, setup, teardown),
                cmocka_unit_test(test_compare_releases),
                cmocka_unit_test_setup_teardown(test_deb_cut_off, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
