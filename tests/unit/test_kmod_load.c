/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kmod-build: what forbids a module, what a refusal of the kernel means, what is put back. */
#include "tests/unit/scratch.h"

#include <errno.h>

#include "kmod-build/build.h"
#include "kmod-build/load.h"
#include "kmod-build/modprobe_d.h"

static void test_modprobe_d(void **state)
{
        struct scratch s;
        (void)state;
        scratch_open(&s);
        scratch_write(&s, "/usr/lib/modprobe.d/a.conf", "blacklist amp-fsm\n");
        _cleanup_free_ char *dashed = modprobe_forbids(&s.sys, "amp_fsm");
        assert_string_equal(dashed, "/usr/lib/modprobe.d/a.conf:1: blacklist amp-fsm");
        scratch_write(&s, "/etc/modprobe.d/a.conf", "# none\n");
        assert_null(modprobe_forbids(&s.sys, "amp_fsm"));
        scratch_write(&s, "/etc/modprobe.d/b.conf",
                      "\ninstall ampfsm /sbin/modprobe x\n"
                      "install ampfsm /bin/true");
        _cleanup_free_ char *install = modprobe_forbids(&s.sys, "ampfsm");
        assert_string_equal(install, "/etc/modprobe.d/b.conf:3: install ampfsm /bin/true");
        scratch_close(&s);
}

/* The kernel's refusals, as the machine around them tells them apart. */
/* A run log may say anything of what is to be put back. */
static void test_put_back_hostile(void **state)
{
        static const struct {
                const char *module, *release;
        } rows[] = {
                { "m", "-b/tmp" }, { "m", "../../x" }, { "m", ".." }, { "m", "" },
                { "../m", "6.1" }, { "", "6.1" },      { "m", "-o" },
        };
        struct scratch s;
        (void)state;
        scratch_open(&s);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                assert_int_equal(
                        kmod_put_back(&s.sys, rows[i].module, rows[i].release, NULL, 0, NULL),
                        -EINVAL);
        scratch_close(&s);
}

static void test_load_explain(void **state)
{
        static const struct {
                int r;
                const char *file, *text; /* what the machine has */
                const char *cause;
                bool blocked;
        } cases[] = {
                { -EPERM, "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n",
                  "secure-boot", true },
                { -EPERM, "/sys/kernel/security/lockdown", "none integrity [confidentiality]\n",
                  "lockdown-confidentiality", true },
                { -EPERM, "/proc/sys/kernel/modules_disabled", "1\n", "module-not-loaded", true },
                { -EPERM, "/proc/cmdline", "quiet module_blacklist=x,ampfsm\n",
                  "module-blacklisted", true },
                { -EPERM, "/proc/self/status", "Name:\tx\nCapEff:\t0000000000000000\n",
                  "module-not-loaded", false },
                { -EKEYREJECTED, "/sys/module/module/parameters/sig_enforce", "Y\n", "secure-boot",
                  true },
                { -ENOEXEC, "/x", "", "module-stale", false },
                { -EINVAL, "/x", "", "module-stale", false },
                { -ENOENT, "/x", "", "symbols-missing", true },
                { -ENOSYS, "/x", "", "symbols-missing", true },
                { 65536, "/etc/modprobe.d/s.conf", "blacklist ampfsm\n", "module-blacklisted",
                  true },
        };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                struct scratch s;
                struct load_failure failure;
                scratch_open(&s);
                s.sys.live = true;
                scratch_write(&s, cases[i].file, cases[i].text);
                load_explain(&s.sys, "ampfsm", NULL, 0, cases[i].r, &failure);
                assert_string_equal(failure.cause, cases[i].cause);
                assert_int_equal(failure.blocked, cases[i].blocked);
                assert_non_null(failure.why);
                free(failure.why);
                scratch_close(&s);
        }
        struct scratch s;
        struct load_failure failure;
        scratch_open(&s);
        load_explain(&s.sys, "ampfsm", "garbage", 7, -EKEYREJECTED, &failure);
        assert_string_equal(failure.cause, "module-stale");
        free(failure.why);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_modprobe_d),
                cmocka_unit_test(test_put_back_hostile),
                cmocka_unit_test(test_load_explain),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
