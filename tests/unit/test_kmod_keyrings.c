/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kmod-build: a key counts where the kernel verifies modules by its keyring. The keyrings are real, the test's
 * own; what the kernel's list calls them is made up. */
#include "tests/unit/scratch.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kmod-build/keyrings.h"

#define LINE "%08x I------ 1 perm 1f0f0000 0 0 "

static unsigned add(const char *type, const char *name, int to)
{
        bool ring = streq(type, "keyring");
        return (unsigned)syscall(SYS_add_key, type, name, ring ? NULL : "text", ring ? 0 : 4, to);
}

static bool have(const char *key_id, unsigned ring, const char *name, unsigned other, unsigned key)
{
        struct scratch s;
        scratch_open(&s);
        s.sys.live = true;
        _cleanup_free_ char *text =
                xasprintf(LINE "keyring   %s: 1\n" LINE "keyring   _ses: 1\n" LINE
                               "asymmetri modules: deadbeef: X509.rsa 0 []\n",
                          ring, name, other, key);
        scratch_write(&s, "/proc/keys", text);
        bool r = keyrings_have(&s.sys, key_id);
        scratch_close(&s);
        return r;
}

static void test_where_it_is(void **state)
{
        static const char *const verifying[] = { ".builtin_trusted_keys", ".secondary_trusted_keys",
                                                 ".machine", ".platform" };
        unsigned with = add("keyring", "secep-with", KEY_SPEC_PROCESS_KEYRING),
                 without = add("keyring", "secep-without", KEY_SPEC_PROCESS_KEYRING);
        (void)state;
        if ((int)with < 0 || (int)without < 0) {
                print_message("skipped: this machine lets nobody have a keyring\n");
                skip();
        }
        unsigned key = add("user", "secep-key", (int)with);
        assert_true((int)key > 0);
        for (size_t i = 0; i < ARRAY_SIZE(verifying); i++) {
                assert_true(have("deadbeef", with, verifying[i], without, key));
                assert_false(have("deadbeef", without, verifying[i], with, key));
                assert_false(have("cafe", with, verifying[i], without, key));
        }
        /* no keyring for modules is listed, or one that does not tell: the kernel will say */
        assert_true(have("deadbeef", with, ".ima", without, key));
        assert_true(have("deadbeef", without, ".machine2", with, key));
        assert_true(have("deadbeef", 0x7ffffffe, ".machine", with, key));
        assert_false(have("cafe", 0x7ffffffe, ".machine", with, key));
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_where_it_is) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
