/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub.cfg and its environment block: the kernel that GRUB itself starts without a hand at the menu
 * (grub-emu, the boot loader as a program) beside the one we read out of the same files, and what
 * grub-editenv reads beside our reading. Where GRUB would judge a condition only those that
 * grub-mkconfig writes are generated. */
#include "../unit/scratch.h"

#include "inputs.h"
#include "kernels/boot.h"
#include "kernels/boot_text.h"
#include "lib/run.h"

#define ENTRIES 6
#define MARK "BOOT="

/* Every kernel "boots" by saying its name: menus end at the first. */
#define PRELUDE                                                                                    \
        "function linux { echo \"" MARK "$1=\"; exit; }\n"                                         \
        "function linuxefi { linux $1; }\nfunction linux16 { linux $1; }\n"                        \
        "function module2 { linux $1; }\nfunction multiboot2 { true; }\n"                          \
        "function initrd { true; }\nset timeout=0\n"

/* As grub-mkconfig begins. */
static const char *const heads[] = {
        "if [ -s $prefix/grubenv ]; then\n  set have_grubenv=true\n  load_env\nfi\n"
        "if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\n   set next_entry=\n"
        "   set boot_once=true\nelse\n   set default=\"${saved_entry}\"\nfi\n",
        "load_env\nset default=\"${saved_entry}\"\n",
        "load_env\n",
        "",
};
static const char *const option =
        "if [ x\"${feature_menuentry_id}\" = xy ]; then\n  menuentry_id_option=\"--id\"\nelse\n"
        "  menuentry_id_option=\"\"\nfi\nexport menuentry_id_option\n";

/* A title as written and as meant; the same of ids. */
static const char *const titles[][2] = {
        { "'Debian GNU/Linux'", "Debian GNU/Linux" },
        { "\"Linux, 6.1\"", "Linux, 6.1" },
        { "plain", "plain" },
        { "'a > b'", "a > b" },
        { "'x>y'", "x>y" },
        { "two\\ words", "two words" },
        { "'half'\" and half\"", "half and half" },
        { "'{ braces; }'", "{ braces; }" },
        { "'# no comment'", "# no comment" },
        { "\"say \\\"hi\\\"\"", "say \"hi\"" },
        { "'1'", "1" },
        { "'2nd'", "2nd" },
        { "\"cost \\$5\"", "cost $5" },
        { "'back\\slash'", "back\\slash" },
        { "\"back\\slash\"", "back\\slash" },
        { "'line one\nline two'", "line one\nline two" },
};
static const char *const ids[] = { "gnulinux-simple", "gnulinux-6.1-advanced", "a", "0", "x>y" };
static const char *const images[] = {
        "linux /boot/vmlinuz-%s root=/dev/sda1 ro quiet",
        "linux\t/vmlinuz-%s",
        "linuxefi /vmlinuz-%s ro",
        "linux /abc/%s/linux",
        "linux '/boot/vmlinuz-%s' ro",
        "multiboot2 /boot/xen-4.17-amd64.gz\n\tmodule2 /boot/vmlinuz-%s placeholder",
        "linux16 /boot/memtest86+x64.bin",
        "echo 'Loading ...'\n\tlinux (hd0,gpt2)/vmlinuz-%s",
        "linux /boot/vmlinuz-%s \\\n\t  root=/dev/sda1",
};
static const char *const classes[] = { "", " --class gnu-linux --class gnu", " --unrestricted",
                                       " --users ''", " --hotkey=d" };

struct making {
        struct inputs *in;
        struct inputs_text *t;
        unsigned kernels;
        const char *names[4 * ENTRIES]; /* titles and ids given so far, for specs */
        unsigned n_names;
};

/* FORM with VALUE in the place of its "%s". */
static void put_form(struct inputs_text *t, const char *form, const char *value)
{
        const char *at = strstr(form, "%s");
        char head[128];
        snprintf(head, sizeof(head), "%.*s", (int)(at ? at - form : (int)strlen(form)), form);
        inputs_put(t, head);
        inputs_put(t, at ? value : "");
        inputs_put(t, at ? at + 2 : "");
}

static void put_id(struct making *m)
{
        const char *id = inputs_one_of(m->in, ids);
        static const char *const forms[] = { " --id '%s'", " --id='%s'",
                                             " $menuentry_id_option '%s'",
                                             " ${menuentry_id_option} '%s'" };
        if (inputs_below(m->in, 3) == 0)
                return;
        put_form(m->t, inputs_one_of(m->in, forms), id);
        m->names[m->n_names++ % (4 * ENTRIES)] = id;
}

static void put_head(struct making *m, const char *word)
{
        unsigned i = inputs_below(m->in, sizeof(titles) / sizeof(*titles));
        inputs_put(m->t, inputs_below(m->in, 6) ? "" : "# a comment { with 'a quote\n");
        inputs_put(m->t, word);
        inputs_put(m->t, " ");
        inputs_put(m->t, titles[i][0]);
        m->names[m->n_names++ % (4 * ENTRIES)] = titles[i][1];
        inputs_put(m->t, inputs_one_of(m->in, classes));
        put_id(m);
        inputs_put(m->t, inputs_below(m->in, 8) ? " {\n" : " { ");
}

static void put_entry(struct making *m)
{
        char release[64];
        put_head(m, "menuentry");
        snprintf(release, sizeof(release), "6.%u.0-%u-amd64", m->kernels, m->kernels + 1);
        m->kernels++;
        inputs_put(m->t, inputs_below(m->in, 10) ? "\t" : "\tset default=7\n\t");
        put_form(m->t, inputs_one_of(m->in, images), release);
        inputs_put(m->t, inputs_below(m->in, 4) ? "\n\tinitrd /boot/initrd.img\n}\n" : "; }\n");
}

static void put_menu(struct making *m, unsigned depth)
{
        unsigned n = 1 + inputs_below(m->in, depth ? 3 : 4);
        for (unsigned i = 0; i < n; i++) {
                if (depth == 2 || inputs_below(m->in, 3)) {
                        put_entry(m);
                        continue;
                }
                put_head(m, "submenu");
                put_menu(m, depth + 1);
                inputs_put(m->t, "}\n");
        }
}

/* --- what is chosen --- */

/* A part with '>' doubled, as grub-mkconfig_lib has it. */
static void add_part(char *out, size_t size, const char *part)
{
        size_t n = strlen(out);
        for (; *part && n + 3 < size; part++) {
                out[n++] = *part;
                if (*part == '>')
                        out[n++] = '>';
        }
        out[n] = '\0';
}

static void make_spec(struct making *m, char *out, size_t size)
{
        static const char *const odd[] = { "",   "7",  "99", "nothing", "01", "0x1", " 1",
                                           "1 ", "-1", "1x", ">",       "0>", ">0",  "1>>2" };
        *out = '\0';
        if (inputs_below(m->in, 5) == 0) {
                snprintf(out, size, "%s", inputs_one_of(m->in, odd));
                return;
        }
        for (unsigned parts = 1 + inputs_below(m->in, 3); parts > 0; parts--) {
                char number[16];
                snprintf(number, sizeof(number), "%u", inputs_below(m->in, 4));
                bool named = inputs_below(m->in, 2) && m->n_names > 0;
                unsigned known = m->n_names < 4 * ENTRIES ? m->n_names : 4 * ENTRIES;
                add_part(out, size, named ? m->names[inputs_below(m->in, known)] : number);
                if (parts > 1)
                        snprintf(out + strlen(out), size - strlen(out), ">");
        }
}

/* NAME=VALUE of an environment block, escaped as grub-editenv does. */
static void put_env(struct inputs_text *env, const char *name, const char *value)
{
        char escaped[512], *to = escaped;
        for (const char *p = value; *p && to < escaped + sizeof(escaped) - 3; p++) {
                if (*p == '\\' || *p == '\n')
                        *to++ = '\\';
                *to++ = *p;
        }
        *to = '\0';
        inputs_put(env, name);
        inputs_put(env, "=");
        inputs_put(env, escaped);
        inputs_put(env, "\n");
}

static void generate(struct inputs *in, struct inputs_text *cfg, struct inputs_text *env)
{
        struct inputs_text menu = { .len = 0 };
        struct making m = { .in = in, .t = &menu, .kernels = 0 };
        char spec[256];
        put_menu(&m, 0);
        inputs_put(cfg, inputs_one_of(in, heads));
        inputs_put(cfg, option);
        if (inputs_below(in, 3) == 0) {
                make_spec(&m, spec, sizeof(spec));
                if (!strpbrk(spec, "'\n")) {
                        inputs_put(cfg, inputs_below(in, 4) ? "set default='" : "default='");
                        inputs_put(cfg, spec);
                        inputs_put(cfg, "'\n");
                }
        }
        inputs_put(cfg, menu.bytes);
        inputs_put(env, "# GRUB Environment Block\n");
        make_spec(&m, spec, sizeof(spec));
        if (inputs_below(in, 4))
                put_env(env, "saved_entry", spec);
        make_spec(&m, spec, sizeof(spec));
        if (inputs_below(in, 4) == 0)
                put_env(env, "next_entry", spec);
        inputs_put(env, "######################");
}

/* --- asking both --- */

/* The release GRUB starts, "-" where it has none in its name; "?": it started nothing. */
static void theirs(const struct scratch *s, char out[128])
{
        char dir[512];
        snprintf(dir, sizeof(dir), "%s/emu", s->dir);
        const char *const argv[] = { "grub-emu", "-r", "host", "-d", dir, NULL };
        const struct run run = { RUN_DEFAULT, .argv = argv, .timeout_ms = 60000,
                                 .env = (const char *const[]){ "TERM=dumb", NULL } };
        _cleanup_run_result_ struct run_result result = { 0 };
        snprintf(out, 128, "?");
        assert_int_equal(run_program(&run, &result), 0);
        const char *at = strstr(result.out, MARK);
        if (!at)
                return;
        _cleanup_free_ char *image =
                xstrndup(at + strlen(MARK), strcspn(at + strlen(MARK), "=\r\n"));
        _cleanup_free_ char *release = boot_release_of(image);
        snprintf(out, 128, "%s", release ? release : "-");
}

static void ours(const struct scratch *s, char out[128])
{
        _cleanup_boot_ struct boot boot = { 0 };
        assert_int_equal(boot_read(&s->sys, &boot, NULL), 0);
        const struct boot_entry *e = boot_default(&boot);
        snprintf(out, 128, "%s", !e ? "?" : e->release ? e->release : "-");
}

static bool runs(const char *program)
{
        const char *const argv[] = { program, "--version", NULL };
        const struct run run = { RUN_DEFAULT, .argv = argv, .timeout_ms = 60000 };
        return run_checked(&run, NULL, NULL) == 0;
}

static void grub_starts_what_we_read(void **state)
{
        (void)state;
        unsigned differ = 0, count = inputs_count();
        if (!runs("grub-emu")) {
                print_message("skipped: this machine lacks grub-emu\n");
                skip();
        }
        for (unsigned input = 0; input < count; input++) {
                struct inputs in = inputs_of(input);
                struct inputs_text cfg = { .len = 0 }, env = { .len = 0 };
                struct scratch s;
                char a[128], b[128], emu[1024];
                generate(&in, &cfg, &env);
                scratch_open(&s);
                scratch_write(&s, "/boot/grub/grub.cfg", cfg.bytes);
                scratch_write(&s, "/boot/grub/grubenv", env.bytes);
                snprintf(emu, sizeof(emu), PRELUDE "source (host)%s/boot/grub/grub.cfg\n", s.dir);
                scratch_write(&s, "/emu/grub.cfg", emu);
                scratch_write(&s, "/emu/grubenv", env.bytes);
                theirs(&s, a);
                ours(&s, b);
                scratch_close(&s);
                if (strcmp(a, b) != 0) {
                        inputs_put(&cfg, "--- grubenv\n");
                        inputs_put(&cfg, env.bytes);
                        inputs_differ(input, "the kernel started", a, b, cfg.bytes);
                        differ++;
                }
        }
        print_message("%u inputs, %u disagreements\n", count, differ);
        assert_int_equal(differ, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(grub_starts_what_we_read) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
