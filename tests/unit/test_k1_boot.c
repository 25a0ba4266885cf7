/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What boots next, by the boot loader's own order: GRUB's by file name, systemd-boot's with its tries
 * counters; a release is what names a folder of /lib/modules. */
#include "scratch.h"

#include "kernels/boot.h"

#define ENTRIES "/boot/loader/entries/"
#define A "104a0000000000000000000000000000-5.14.0-162.22.2.el9_1.x86_64"
#define B "cd330000000000000000000000000000-5.14.0-284.30.1.el9_2.x86_64"

struct entry {
        const char *id, *text;
};

static const struct row {
        const char *loader; /* loader.conf; NULL: GRUB */
        struct entry entries[3];
        const char *next; /* NULL: not known */
} rows[] = {
        /* GRUB */
        { NULL,
          { { A, "version 5.14.0-162.22.2.el9_1.x86_64\nlinux "
                 "/vmlinuz-5.14.0-162.22.2.el9_1.x86_64\n" },
            { B, "version 5.14.0-284.30.1.el9_2.x86_64\nlinux "
                 "/vmlinuz-5.14.0-284.30.1.el9_2.x86_64\n" } },
          "5.14.0-162.22.2.el9_1.x86_64" },
        { NULL,
          { { "ostree-1",
              "version 1\nlinux /ostree/fedora-abc/vmlinuz-6.17.1-300.fc43.x86_64\n" } },
          "6.17.1-300.fc43.x86_64" },
        { NULL,
          { { "ostree-2",
              "version 43.20251101\nlinux /ostree/f/vmlinuz-6.17.1-300.fc43.x86_64\n" } },
          "6.17.1-300.fc43.x86_64" },
        { NULL, { { "only-text", "version 9.4\nlinux /boot/bzImage\n" } }, NULL },
        { NULL, { { "gone", "linux /vmlinuz-4.18.0-1.el8.x86_64\n" } }, NULL },
        { NULL, /* the newest release stands in a file whose name comes later */
          { { "m-1-1", "linux /vmlinuz-6.1.0-28-amd64\n" },
            { "m-2-1", "linux /vmlinuz-6.1.0-25-amd64\n" } },
          "6.1.0-25-amd64" },
        { NULL, /* a file that names no Linux is no entry of GRUB's */
          { { "m-9-1", "title firmware\nefi /EFI/x.efi\n" },
            { "m-2-1", "linux /vmlinuz-6.1.0-25-amd64\n" } },
          "6.1.0-25-amd64" },
        { NULL, /* NAME-VERSION, where there is one dash */
          { { "m-10", "linux /vmlinuz-6.1.0-28-amd64\n" },
            { "m-9-1", "linux /vmlinuz-6.1.0-25-amd64\n" } },
          "6.1.0-28-amd64" },
        /* systemd-boot */
        { "timeout 3\n", /* one that names nothing is no entry; another loader is one, no kernel of ours */
          { { "m-6.1.0-28-amd64", "title empty\nversion 6.1.0-28-amd64\n" },
            { "m-6.1.0-25-amd64", "linux /m/6.1.0-25-amd64/linux\n" } },
          "6.1.0-25-amd64" },
        { "timeout 3\n",
          { { "m-6.1.0-28-amd64+0-3", "linux /m/6.1.0-28-amd64/linux\n" },
            { "m-6.1.0-25-amd64", "linux /m/6.1.0-25-amd64/linux\n" } },
          "6.1.0-25-amd64" },
        { "timeout 3\n",
          { { "m-6.1.0-28-amd64+2-1", "linux /m/6.1.0-28-amd64/linux\n" },
            { "m-6.1.0-25-amd64", "linux /m/6.1.0-25-amd64/linux\n" } },
          "6.1.0-28-amd64" },
        { "default @saved\n", { { "m-6.1.0-28-amd64", "linux /m/6.1.0-28-amd64/linux\n" } }, NULL },
        { "default m-*\n", { { "m-6.1.0-28-amd64+0", "linux /m/6.1.0-28-amd64/linux\n" } }, NULL },
};

static void boots_what_the_loader_would(void **state)
{
        static const char *const modules[] = { "5.14.0-162.22.2.el9_1.x86_64", "6.1.0-25-amd64",
                                               "5.14.0-284.30.1.el9_2.x86_64", "6.1.0-28-amd64",
                                               "6.17.1-300.fc43.x86_64" };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                struct scratch s;
                _cleanup_free_ char *next = NULL;
                char path[200];
                bool told = false;
                scratch_open(&s);
                for (size_t m = 0; m < ARRAY_SIZE(modules); m++) {
                        snprintf(path, sizeof(path), "/lib/modules/%s/modules.order", modules[m]);
                        scratch_write(&s, path, "");
                }
                if (rows[i].loader)
                        scratch_write(&s, "/boot/loader/loader.conf", rows[i].loader);
                else
                        scratch_write(&s, "/boot/grub2/grub.cfg", "blscfg\n");
                for (const struct entry *e = rows[i].entries;
                     e < rows[i].entries + ARRAY_SIZE(rows[i].entries) && e->id; e++) {
                        snprintf(path, sizeof(path), ENTRIES "%s.conf", e->id);
                        scratch_write(&s, path, e->text);
                }
                assert_int_equal(boot_next(&s.sys, &next, &told, NULL), 0);
                if (told != (rows[i].next != NULL) || (told && !streq(next, rows[i].next)))
                        print_error("row %zu: %s, told %d\n", i, next, told);
                assert_int_equal(told, rows[i].next != NULL);
                if (told)
                        assert_string_equal(next, rows[i].next);
                scratch_close(&s);
        }
}

/* An id that begins with a digit: a number to GRUB, a name to Red Hat's. */
static void names_with_digits(void **state)
{
        (void)state;
        static const struct {
                const char *spec;
                bool names_first;
                const char *release;
        } cases[] = {
                { "1", false, "6.2.0-1" },       { "1", true, "6.2.0-1" },
                { "2ab-6.1", false, "6.3.0-1" }, { "2ab-6.1", true, "6.1.0-1" },
                { "1x", false, "6.2.0-1" },      { "1x", true, "6.1.0-1" },
                { "99", false, "6.1.0-1" },      { "99", true, "6.1.0-1" },
                { "0x1", false, "6.2.0-1" },     { "0x1", true, "6.2.0-1" },
        };
        static const char text[] = "menuentry a --id 2ab-6.1 { linux /vmlinuz-6.1.0-1\n }\n"
                                   "menuentry b { linux /vmlinuz-6.2.0-1\n }\n"
                                   "menuentry c { linux /vmlinuz-6.3.0-1\n }\n";
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                struct boot_menu menu = { .names_first = cases[i].names_first };
                grub_parse(text, sizeof(text) - 1, NULL, &menu);
                const struct boot_entry *e = boot_pick(&menu, cases[i].spec);
                assert_non_null(e);
                assert_string_equal(e->release, cases[i].release);
                boot_menu_free(&menu);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(boots_what_the_loader_would),
                                            cmocka_unit_test(names_with_digits) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
