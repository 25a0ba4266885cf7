/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What boots next: grub.cfg, its environment block, Boot Loader Specification entries; and the
 * drop-in that changes it. */
#include <errno.h>

#include "kernels/boot.h"
#include "packages/packages.h"
#include "tests/unit/scratch.h"

#define HEAD                                                                                       \
        "if [ -s $prefix/grubenv ]; then\n  set have_grubenv=true\n  load_env\nfi\n"               \
        "if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\n"                      \
        "   set next_entry=\n   save_env next_entry\n   set boot_once=true\nelse\n"                \
        "   set default=\"%s\"\nfi\n"                                                              \
        "function savedefault {\n  if [ -z \"${boot_once}\" ]; then\n"                             \
        "    saved_entry=\"${chosen}\"\n    save_env saved_entry\n  fi\n}\n"
#define ENTRY(title, id, release)                                                                  \
        "menuentry '" title "' --class debian --class os $menuentry_id_option '" id "' {\n"        \
        "\tload_video\n\tif [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi\n"     \
        "\techo\t'Loading {} ...'\n\tlinux\t/boot/vmlinuz-" release " root=UUID=u ro quiet\n"      \
        "\tinitrd\t/boot/initrd.img-" release "\n}\n"
#define DEBIAN                                                                                     \
        HEAD ENTRY(                                                                                \
                "Debian GNU/Linux", "gnulinux-simple-u",                                           \
                "6.12.9-amd64") "submenu 'Advanced options' $menuentry_id_option "                 \
                                "'gnulinux-advanced-u' {\n" ENTRY("Debian, with Linux "            \
                                                                  "6.12.9-amd64",                  \
                                                                  "gnulinux-6.12.9-amd64-"         \
                                                                  "advanced-u",                    \
                                                                  "6.12.9-amd64")                  \
                                        ENTRY("Debian, with Linux 6.12.9-amd64 (recovery mode)",   \
                                              "gnulinux-6.12.9-amd64-recovery-u", "6.12.9-amd64")  \
                                                ENTRY("Debian, with Linux 6.1.0-9-amd64",          \
                                                      "gnulinux-6.1.0-9-amd64-advanced-u",         \
                                                      "6.1.0-9-amd64") "}\n"                       \
                                                                       "menuentry 'Memory test' "  \
                                                                       "{ linux16 "                \
                                                                       "/boot/memtest86+.bin; }\n"

#define LAST "gnulinux-advanced-u>gnulinux-6.1.0-9-amd64-advanced-u"

/* What boots with DEFAULT in grub.cfg and ENV as environment block, NULL: none. */
static const struct {
        const char *preset, *env, *release;
} debian[] = {
        { "0", NULL, "6.12.9-amd64" },
        { LAST, NULL, "6.1.0-9-amd64" },
        { "1>2", NULL, "6.1.0-9-amd64" },
        { "1", NULL, "6.12.9-amd64" },
        { "1>77", NULL, "6.12.9-amd64" },
        { "Advanced options>Debian, with Linux 6.1.0-9-amd64", NULL, "6.1.0-9-amd64" },
        { "no such entry", NULL, "6.12.9-amd64" },
        { "${saved_entry}", NULL, "6.12.9-amd64" },
        { "${saved_entry}", "saved_entry=" LAST "\n", "6.1.0-9-amd64" },
        { "0", "saved_entry=" LAST "\n", "6.12.9-amd64" },
        { "0", "next_entry=" LAST "\n", "6.1.0-9-amd64" },
        { LAST, "next_entry=\n", "6.1.0-9-amd64" },
        { "2", NULL, NULL }, /* no kernel: the newest installed */
        { "", NULL, "6.12.9-amd64" },
};

static void write_grub(const struct scratch *s, const char *format, const char *preset,
                       const char *env)
{
        char *text = NULL;
        const char *at = strstr(format, "%s");
        text = xasprintf("%.*s%s%s", (int)(at - format), format, preset, at + 2);
        scratch_write(s, "/boot/grub/grub.cfg", text);
        free(text);
        text = xasprintf("# GRUB Environment Block\n%s########", env ? env : "");
        scratch_write(s, "/boot/grub/grubenv", text);
        free(text);
}

static void boots(const struct scratch *s, const char *release, bool told)
{
        _cleanup_free_ char *next = NULL;
        bool is_told = !told;
        if (told) { /* a release is what names a folder there */
                _cleanup_free_ char *path = xasprintf("/lib/modules/%s/modules.order", release);
                scratch_write(s, path, "");
        }
        assert_int_equal(boot_next(&s->sys, &next, &is_told, NULL), 0);
        assert_string_equal(next, release);
        assert_int_equal(is_told, told);
}

static void test_debian(void **state)
{
        (void)state;
        struct scratch s;
        scratch_open(&s);
        scratch_write(&s, "/lib/modules/9.9.9-amd64/modules.order", "");
        boots(&s, "9.9.9-amd64", false);
        for (size_t i = 0; i < ARRAY_SIZE(debian); i++) {
                const char *release = debian[i].release;
                write_grub(&s, DEBIAN, debian[i].preset, debian[i].env);
                boots(&s, release ? release : "9.9.9-amd64", release != NULL);
        }
        scratch_close(&s);
}

static void test_dropin(void **state)
{
        (void)state;
        static const struct {
                const char *release, *spec;
        } wanted[] = {
                { "6.1.0-9-amd64", LAST },
                { "5.10.0-1-amd64", "gnulinux-advanced-u>gnulinux-5.10.0-1-amd64-advanced-u" },
        };
        struct scratch s;
        _cleanup_boot_ struct boot boot = { 0 }, cut = { 0 };
        scratch_open(&s);
        write_grub(&s, DEBIAN, "0", NULL);
        assert_int_equal(boot_read(&s.sys, &boot, NULL), 0);
        for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
                _cleanup_free_ char *text = NULL;
                _cleanup_free_ char *line = xasprintf("\nGRUB_DEFAULT='%s'\n", wanted[i].spec);
                assert_int_equal(boot_dropin(&s.sys, &boot, wanted[i].release, &text, NULL), 0);
                assert_non_null(strstr(text, line));
                scratch_write(&s, BOOT_DROPIN, text);
        }
        /* update-grub was cut off: no entry is left to go by, but our own text. */
        _cleanup_free_ char *text = NULL, *why = NULL;
        scratch_write(&s, "/boot/grub/grub.cfg", "");
        assert_int_equal(boot_read(&s.sys, &cut, NULL), 0);
        assert_int_equal(boot_dropin(&s.sys, &cut, "6.1.0-9-amd64", &text, &why), -ENOENT);
        assert_non_null(strstr(why, "update-grub"));
        assert_int_equal(boot_dropin(&s.sys, &cut, "5.10.0-1-amd64", &text, NULL), 0);
        scratch_close(&s);
}

#define REDHAT                                                                                     \
        "if [ -f ${config_directory}/grubenv ]; then\n  load_env -f ${config_directory}/grubenv\n" \
        "fi\nif [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\nelse\n"            \
        "   set default=\"${saved_entry}\"\nfi\ninsmod blscfg\nblscfg\n"                           \
        "menuentry 'Firmware' { fwsetup }\n"

static void write_bls(const struct scratch *s, const char *id, const char *release)
{
        _cleanup_free_ char *path = xasprintf("/boot/loader/entries/m-%s.conf", id);
        _cleanup_free_ char *text =
                xasprintf("title Red Hat Enterprise Linux (%s) 9.4 (Plow)\nversion %s\n"
                          "linux /vmlinuz-%s\ninitrd /initramfs-%s.img $tuned_initrd\n"
                          "options $kernelopts\ngrub_users $grub_users\n",
                          release, release, release, release);
        scratch_write(s, path, text);
}

static void test_bls(void **state)
{
        (void)state;
        static const struct {
                const char *env, *release;
        } cases[] = {
                { "", "5.14.0-427.13.1.el9_4.x86_64" },
                { "saved_entry=m-5.14.0-427.el9.x86_64\n", "5.14.0-427.el9.x86_64" },
                { "saved_entry=1\n", "5.14.0-427.el9.x86_64" },
                { "saved_entry=m-gone\n", "5.14.0-427.13.1.el9_4.x86_64" },
                { "saved_entry=0\nnext_entry=2\n", "5.14.0-427.13.1.el9_4.x86_64" },
        };
        struct scratch s;
        scratch_open(&s);
        scratch_write(&s, "/boot/grub2/grub.cfg", REDHAT);
        write_bls(&s, "5.14.0-427.el9.x86_64", "5.14.0-427.el9.x86_64");
        write_bls(&s, "5.14.0-427.13.1.el9_4.x86_64", "5.14.0-427.13.1.el9_4.x86_64");
        scratch_write(&s, "/boot/loader/entries/m-0-rescue.conf",
                      "title Rescue\nlinux /vmlinuz-0-rescue-m\n"
                      "version 5.14.0-427.13.1.el9_4.x86_64\n");
        scratch_write(&s, "/boot/loader/entries/README", "title no entry\n");
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                scratch_write(&s, "/boot/grub2/grubenv", cases[i].env);
                boots(&s, cases[i].release, true);
        }
        _cleanup_boot_ struct boot boot = { 0 };
        assert_int_equal(boot_read(&s.sys, &boot, NULL), 0);
        assert_true(boot.menu.bls);
        const struct boot_entry *e = boot_find(&boot.menu, "5.14.0-427.el9.x86_64");
        assert_string_equal(e->initrd, "/initramfs-5.14.0-427.el9.x86_64.img");
        assert_false(boot_initrd_there(&s.sys, e));
        scratch_write(&s, "/boot/initramfs-5.14.0-427.el9.x86_64.img", "");
        assert_true(boot_initrd_there(&s.sys, e));
        scratch_close(&s);
}

static void test_systemd(void **state)
{
        (void)state;
        struct scratch s;
        scratch_open(&s);
        scratch_write(&s, "/boot/loader/loader.conf", "timeout 3\n");
        scratch_write(&s, "/boot/loader/entries/a.conf", "linux /m/6.1.0-9-amd64/linux\n");
        scratch_write(&s, "/boot/loader/entries/b.conf", "linux /m/6.1.0-56-amd64/linux\n");
        boots(&s, "6.1.0-56-amd64", true);
        scratch_write(&s, "/boot/loader/loader.conf", "default a*\n");
        boots(&s, "6.1.0-9-amd64", true);
        _cleanup_boot_ struct boot boot = { 0 };
        assert_int_equal(boot_read(&s.sys, &boot, NULL), 0);
        assert_int_equal(boot_setter(&s.sys, &boot), BOOT_BY_HAND);
        _cleanup_free_ char *hand = boot_by_hand(&boot, "6.1.0-56-amd64");
        assert_non_null(strstr(hand, "bootctl set-default b.conf"));
        scratch_close(&s);
}

/* Nothing of it is a menu; none of it may be read past its end. */
static void test_bad(void **state)
{
        (void)state;
        static const char *const texts[] = {
                "menuentry",
                "menuentry {",
                "menuentry '",
                "menuentry \"a\\",
                "submenu x {",
                "submenu x { submenu y { menuentry z {",
                "}}}}}} ; ; ; {{{{",
                "set default=${",
                "set default=\"$",
                "linux /boot/vmlinuz-6.1",
                "menuentry a { linux }",
                "menuentry a { linux / }",
                "menuentry a { linux /vmlinuz-../../etc }",
                "menuentry a --id",
                "blscfg\nblscfg\n",
                "\\",
        };
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
                for (size_t len = 0; len <= strlen(texts[i]); len++) {
                        struct boot_menu menu = { 0 };
                        char *exact = malloc(len + !len); /* a byte beyond is a finding of ASan */
                        memcpy(exact, texts[i], len);
                        grub_parse(exact, len, NULL, &menu);
                        const struct boot_entry *e = boot_pick(&menu, "0>0>0");
                        assert_true(!e || !e->release);
                        free(grub_env_get(exact, len, "saved_entry"));
                        bls_parse("x", exact, len, true, &menu);
                        free(exact);
                        boot_menu_free(&menu);
                }
}

static void test_deep_and_long(void **state)
{
        (void)state;
        struct boot_menu menu = { 0 };
        char *text = xstrdup("");
        for (int i = 0; i < 200; i++) {
                _cleanup_free_ char *old = text;
                text = xasprintf("submenu %d { %s", i, old);
        }
        grub_parse(text, strlen(text), NULL, &menu);
        assert_int_equal(menu.n, 200);
        assert_null(boot_pick(&menu, "0"));
        free(text);
        boot_menu_free(&menu);
        size_t n = 20000, each = strlen("menuentry a {}\n");
        text = xcalloc(n * each + 1, 1);
        for (size_t i = 0; i < n; i++)
                memcpy(text + i * each, "menuentry a {\n}", each);
        grub_parse(text, n * each, NULL, &menu);
        assert_true(menu.n <= 4096);
        free(text);
        boot_menu_free(&menu);
}

static void test_env(void **state)
{
        (void)state;
        static const char text[] = "# GRUB Environment Block\nsaved_entry=a\\\\b>c\nboot=1\n###";
        _cleanup_free_ char *saved = grub_env_get(text, sizeof(text) - 1, "saved_entry");
        _cleanup_free_ char *boot = grub_env_get(text, sizeof(text) - 1, "boot");
        assert_string_equal(saved, "a\\b>c");
        assert_string_equal(boot, "1");
        assert_null(grub_env_get(text, sizeof(text) - 1, "saved"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_debian), cmocka_unit_test(test_dropin),
                cmocka_unit_test(test_bls),    cmocka_unit_test(test_systemd),
                cmocka_unit_test(test_bad),    cmocka_unit_test(test_deep_and_long),
                cmocka_unit_test(test_env),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
