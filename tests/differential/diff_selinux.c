/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/selinux/config: our reader beside libselinux's selinux_getenforcemode(3) and
 * selinux_getpolicytype(3), which are given the generated text by an fopen(3) of ours. */
#include "../unit/scratch.h"

#include <ctype.h>
#include <dlfcn.h>
#include <selinux/selinux.h>

#include "inputs.h"
#include "selinux/secep_selinux.h"

static struct inputs_text current;

/* libselinux's own call arrives here, for a program's symbols come before a library's. */
FILE *fopen(const char *path, const char *mode)
{
        FILE *(*real)(const char *, const char *) = NULL;
        if (strstr(path, "selinux/config"))
                return fmemopen(current.bytes, current.len, "re");
        *(void **)&real = dlsym(RTLD_NEXT, "fopen");
        return real(path, mode);
}

/* The name it has where off_t was made wide (libselinux 3.6 and newer). */
FILE *fopen64(const char *path, const char *mode)
{
        return fopen(path, mode);
}

/* Before 3.3 it kept the blanks around a type; no policy store has such a name. */
static char *trimmed(char *text)
{
        char *end = text + strlen(text);

        while (end > text && isspace((unsigned char)end[-1]))
                *--end = '\0';
        memmove(text, text + strspn(text, " \t"), strlen(text + strspn(text, " \t")) + 1);
        return text;
}

static const char *const keys[] = {
        "SELINUX=",     "SELINUX=",  "SELINUX=",       "SELINUXTYPE=",
        "selinuxtype=", "selinux=",  " SELINUX=",      "\tSELINUXTYPE=",
        "#SELINUX=",    "SELINUX =", "SELINUXTYPE = ", "SETLOCALDEFS="
};
static const char *const values[] = { "enforcing",
                                      "permissive",
                                      "disabled",
                                      "Enforcing # x",
                                      " enforcing",
                                      "\tpermissive",
                                      "enforcin",
                                      "nonsense",
                                      "",
                                      "targeted",
                                      "default",
                                      " mls ",
                                      "default\x01",
                                      "disabledX",
                                      "t",
                                      "1",
                                      "\r" };
static const char *const ends[] = { "\n", "\n", "\n", "\r\n", " \n", "\n\n", "" };

/* Before 3.3 a value that begins with a blank was none; ours is read as it is read since. */
static bool reads_blanks(void)
{
        int enforce = -2;
        current = (struct inputs_text){ .len = 0 };
        inputs_put(&current, "SELINUX= enforcing\n");
        return selinux_getenforcemode(&enforce) == 0;
}

static void generate(struct inputs *in, bool blanks)
{
        current = (struct inputs_text){ .len = 0 };
        for (unsigned n = 1 + inputs_below(in, 5); n > 0; n--) {
                inputs_put(&current, inputs_one_of(in, keys));
                const char *value = inputs_one_of(in, values);
                while (!blanks && isspace((unsigned char)*value))
                        value++;
                inputs_put(&current, value);
                inputs_put(&current, inputs_one_of(in, ends));
        }
}

static void modes_and_types_are_libselinuxs(void **state)
{
        static const char *const names[] = { "disabled", "permissive", "enforcing" };
        unsigned differ = 0;
        char *unnamed = NULL; /* chosen when the library was built */
        bool blanks = reads_blanks();
        (void)state;
        current = (struct inputs_text){ .len = 0 };
        inputs_put(&current, "\n");
        assert_int_equal(selinux_getpolicytype(&unnamed), 0);
        for (unsigned input = 0; input < inputs_count(); input++) {
                struct inputs in = inputs_of(input);
                enum selinux_mode mode = SELINUX_ABSENT;
                char *their_type = NULL;
                int enforce = -2;
                generate(&in, blanks);
                const char *theirs =
                        selinux_getenforcemode(&enforce) == 0 ? names[enforce + 1] : "none";
                const char *ours = selinux_config_mode(current.bytes, &mode)
                                           ? selinux_mode_name(mode)
                                           : "none";
                selinux_reset_config();
                assert_int_equal(selinux_getpolicytype(&their_type), 0);
                _cleanup_free_ char *named = selinux_config_type(current.bytes);
                const char *type = named ? named : unnamed;
                if (strcmp(theirs, ours) != 0 && ++differ)
                        inputs_differ(input, "mode", theirs, ours, current.bytes);
                if (strcmp(trimmed(their_type), type) != 0 && ++differ)
                        inputs_differ(input, "type", their_type, type, current.bytes);
                free(their_type);
        }
        free(unnamed);
        print_message("%u inputs, %u disagreements\n", inputs_count(), differ);
        assert_int_equal(differ, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(modes_and_types_are_libselinuxs) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
