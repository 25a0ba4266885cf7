/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's environment block: what grub-editenv lists beside our reading of the same bytes. A variable
 * set twice has its last value, since GRUB sets one after the other. */
#include "../unit/scratch.h"

#include "inputs.h"
#include "kernels/boot_menu.h"
#include "lib/run.h"

static const char *const keys[] = { "saved_entry",  "next_entry",   "saved_entry2",
                                    "xsaved_entry", "boot_success", "kernelopts" };
static const char *const values[] = { "0",
                                      "",
                                      "1>2",
                                      "Debian GNU/Linux, with Linux 6.1",
                                      "a\\\\b",
                                      "a=b",
                                      "two\\\nlines",
                                      "root=/dev/sda1 ro quiet",
                                      "tail \\\\",
                                      " x ",
                                      "\"quoted\"",
                                      "# no comment",
                                      "\xc3\xa4>>\xc3\xb6" };
static const char *const noise[] = { "# a comment saved_entry=9\n", "\n", "no sign\n", "####\n",
                                     "=x\n" };

static void generate(struct inputs *in, struct inputs_text *t)
{
        inputs_put(t, "# GRUB Environment Block\n");
        for (unsigned n = inputs_below(in, 6); n > 0; n--) {
                if (inputs_below(in, 6) == 0)
                        inputs_put(t, inputs_one_of(in, noise));
                inputs_put(t, inputs_one_of(in, keys));
                inputs_put(t, "=");
                inputs_put(t, inputs_one_of(in, values));
                inputs_put(t, "\n");
        }
        inputs_put(t, "#######################################");
}

/* The last "KEY=VALUE" line of TEXT, up to its first newline; "-": none. */
static void last_value(const char *text, const char *key, char out[256])
{
        size_t n = strlen(key);
        snprintf(out, 256, "-");
        for (const char *l = text; l && *l; l = strchr(l, '\n') ? strchr(l, '\n') + 1 : NULL)
                if (strncmp(l, key, n) == 0 && l[n] == '=')
                        snprintf(out, 256, "%.*s", (int)strcspn(l + n + 1, "\n"), l + n + 1);
}

static unsigned compare(unsigned input, const char *listed, const struct inputs_text *t)
{
        unsigned differ = 0;
        for (unsigned i = 0; i < 2; i++) {
                char theirs[256], ours[256] = "-";
                _cleanup_free_ char *value = grub_env_get(t->bytes, t->len, keys[i]);
                last_value(listed, keys[i], theirs);
                if (value)
                        snprintf(ours, sizeof(ours), "%.*s", (int)strcspn(value, "\n"), value);
                if (strcmp(theirs, ours) != 0) {
                        inputs_differ(input, keys[i], theirs, ours, t->bytes);
                        differ++;
                }
        }
        return differ;
}

static void grubenv_is_read_as_grub_editenv_does(void **state)
{
        (void)state;
        unsigned differ = 0, count = inputs_count();
        const char *const version[] = { "grub-editenv", "--version", NULL };
        const struct run asked = { RUN_DEFAULT, .argv = version, .timeout_ms = 60000 };
        if (run_checked(&asked, NULL, NULL) < 0) {
                print_message("skipped: this machine lacks grub-editenv\n");
                skip();
        }
        struct scratch s;
        scratch_open(&s);
        for (unsigned input = 0; input < count; input++) {
                struct inputs in = inputs_of(input);
                struct inputs_text t = { .len = 0 };
                generate(&in, &t);
                scratch_write(&s, "/grubenv", t.bytes);
                const char *const argv[] = { "grub-editenv", scratch_path(&s, "/grubenv"), "list",
                                             NULL };
                const struct run run = { RUN_DEFAULT, .argv = argv, .timeout_ms = 60000 };
                _cleanup_run_result_ struct run_result result = { 0 };
                assert_int_equal(run_checked(&run, &result, NULL), 0);
                differ += compare(input, result.out, &t);
        }
        scratch_close(&s);
        print_message("%u inputs, %u disagreements\n", count, differ);
        assert_int_equal(differ, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(
                grubenv_is_read_as_grub_editenv_does) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
