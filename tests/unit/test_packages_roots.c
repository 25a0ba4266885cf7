/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captured roots: which package holds the headers of the kernel each of them runs, and what fault
 * 11 says of it with and without a connector that does without headers. */
#include <errno.h>

#include "faults/fault.h"
#include "packages/header_find.h"
#include "tests/unit/scratch.h"

#define ROOTS "tests/data/roots"
#define MIN_ROOTS 50

static const char *const kinds[] = {
        [PACKAGES_NONE] = "none", [PACKAGES_DPKG] = "dpkg", [PACKAGES_RPM] = "rpm"
};

static const char *expected(const struct keyfile *kf, const char *key)
{
        const char *value = keyfile_get(kf, "", key);
        assert_non_null(value);
        return value;
}

static void is_as_expected(const struct header_package *hp, const struct keyfile *want)
{
        assert_string_equal(hp->name, expected(want, "package"));
        assert_string_equal(hp->version, expected(want, "version"));
}

/* What a look knows; on rpm that is the release alone. */
static void check_look(const struct sys *sys, const struct keyfile *want)
{
        _cleanup_header_package_ struct header_package hp = { 0 };
        const char *look = keyfile_get(want, "", "look");
        int r = header_package_look(sys, sys->release, &hp, NULL);
        if (look && streq(look, "unknown")) {
                assert_int_equal(r, -ENOENT);
                return;
        }
        if (look && r == 0)
                assert_string_equal(hp.name, look);
        if (look || keyfile_get(want, "", "owner"))
                return;
        assert_int_equal(r, 0);
        is_as_expected(&hp, want);
        if (*hp.arch)
                assert_string_equal(hp.arch, expected(want, "arch"));
}

static void check_package(const struct sys *sys, const struct keyfile *want)
{
        const char *owner = keyfile_get(want, "", "owner");
        _cleanup_header_package_ struct header_package hp = { 0 };
        _cleanup_free_ char *newest = NULL;
        enum package_kind kind = package_kind(sys);
        assert_string_equal(kinds[kind], expected(want, "kind"));
        check_look(sys, want);
        if (owner) {
                assert_int_equal(header_sibling(kind, owner, expected(want, "owner-version"),
                                                sys->release, &hp),
                                 0);
                is_as_expected(&hp, want);
        }
        assert_int_equal(release_newest(sys, &newest, NULL), 0);
        assert_string_equal(newest, expected(want, "newest"));
}

static const char *evidence_of(const struct finding *f, const char *what)
{
        for (size_t i = 0; i < f->n_evidence; i++)
                if (streq(f->evidence[i].what, what))
                        return f->evidence[i].found;
        return "";
}

static void check_fault(const struct sys *sys, const struct keyfile *want)
{
        _cleanup_finding_ struct finding f = FINDING_INIT;
        assert_int_equal(fault_by_id(11)->probe(sys, &f), 0);
        assert_int_equal(f.verdict, VERDICT_FAULT);
        assert_string_equal(f.cause, "headers-missing");
        assert_non_null(strstr(f.why, sys->release));
        assert_string_equal(evidence_of(&f, "BTF in the kernel"), expected(want, "btf"));
}

static void test_root(void **state)
{
        const char *name = *state;
        _cleanup_free_ char *top = realpath(ROOTS, NULL), *path = xasprintf("%s/%s", top, name),
                            *text = NULL;
        struct sys sys;
        struct keyfile want = { 0 };
        size_t len;
        assert_int_equal(sys_open(path, &sys, NULL), 0);
        assert_int_equal(sys_read(&sys, "expected", 4096, &text, &len), 0);
        assert_int_equal(keyfile_parse("expected", text, len, &want, NULL), 0);
        sys.release = xstrdup(expected(&want, "uname"));
        check_package(&sys, &want);
        check_fault(&sys, &want);
        keyfile_free(&want);
        sys_close(&sys);
}

int main(void)
{
        struct CMUnitTest tests[64];
        size_t n = 0;
        DIR *dir = opendir(ROOTS);
        for (struct dirent *e; dir && (e = readdir(dir));)
                if (n < ARRAY_SIZE(tests) && e->d_name[0] != '.' && !strchr(e->d_name, 'R'))
                        tests[n++] = (struct CMUnitTest){ .name = xstrdup(e->d_name),
                                                          .test_func = test_root,
                                                          .initial_state = xstrdup(e->d_name) };
        if (dir)
                closedir(dir);
        if (n < MIN_ROOTS) {
                fprintf(stderr, "%zu roots in " ROOTS ", not %d: run it from the top\n", n,
                        MIN_ROOTS);
                return 1;
        }
        int failed = _cmocka_run_group_tests("roots", tests, n, NULL, NULL);
        for (size_t i = 0; i < n; i++) {
                free((char *)tests[i].name);
                free(tests[i].initial_state);
        }
        return failed;
}
