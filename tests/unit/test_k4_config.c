/* SPDX-License-Identifier: GPL-2.0-or-later */
/* K4, an answer sampled from less than it depends on: the kernel's configuration, read in one place by all
 * who ask, also where only a header tree has it. */
#include "tests/unit/scratch.h"

#include <errno.h>

#include "kernels/config.h"

#define RELEASE "6.9.9-1-amd64"
#define TREE "/lib/modules/" RELEASE "/build/include/generated/"
#define OF(release) "#define UTS_RELEASE \"" release "\"\n"
#define DEFINES                                                                                    \
        "#define CONFIG_BPF_EVENTS 1\n#define CONFIG_DEBUG_INFO_BTF 1\n"                           \
        "#define CONFIG_NF_TABLES_MODULE 1\n#define CONFIG_HZ 250\n"                               \
        "#define CONFIG_CC_VERSION_TEXT \"gcc-12 y\"\n#define CONFIGURED 1\n#define CONFIG_X\n"

static const struct row {
        const char *file, *utsrelease; /* NULL: not there */
        int r;
        char events, btf, nft, hz, kprobes;
} rows[] = {
        { NULL, OF(RELEASE), 0, 'y', 'y', 'm', 'n', 0 },
        /* the package's own file goes before it, and is not mixed with it */
        { "CONFIG_BPF_EVENTS=n\n", OF(RELEASE), 0, 'n', 0, 0, 0, 0 },
        /* a tree of another kernel, one that does not say, one whose release only begins so */
        { NULL, OF("6.9.9-2-amd64"), -ENOENT, 0, 0, 0, 0, 0 },
        { NULL, NULL, -ENOENT, 0, 0, 0, 0, 0 },
        { NULL, OF(RELEASE "-rt"), -ENOENT, 0, 0, 0, 0, 0 },
};

static void one_configuration(void **state)
{
        (void)state;
        for (const struct row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
                struct scratch s;
                _cleanup_free_ char *text = NULL;
                scratch_open(&s);
                scratch_write(&s, TREE "autoconf.h", DEFINES);
                if (row->utsrelease)
                        scratch_write(&s, TREE "utsrelease.h", row->utsrelease);
                if (row->file)
                        scratch_write(&s, "/boot/config-" RELEASE, row->file);
                assert_int_equal(kernel_config_read(&s.sys, RELEASE, &text), row->r);
                if (row->r == 0) {
                        assert_int_equal(kernel_config_value(text, "BPF_EVENTS"), row->events);
                        assert_int_equal(kernel_config_value(text, "DEBUG_INFO_BTF"), row->btf);
                        assert_int_equal(kernel_config_value(text, "NF_TABLES"), row->nft);
                        assert_int_equal(kernel_config_value(text, "HZ"), row->hz);
                        assert_int_equal(kernel_config_value(text, "KPROBES"), row->kprobes);
                }
                scratch_close(&s);
        }
}

/* A header without an end, without a value, without a line: nothing is read behind it. */
static void any_header(void **state)
{
        static const char *const headers[] = { "",
                                               "#define CONFIG_",
                                               "#define CONFIG_A",
                                               "#define CONFIG_A ",
                                               "#define CONFIG_A 1",
                                               "#define CONFIG_A 1\n\n\n#define CONFIG_\n" };
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
                struct scratch s;
                _cleanup_free_ char *text = NULL;
                scratch_open(&s);
                scratch_write(&s, TREE "utsrelease.h", OF(RELEASE));
                scratch_write(&s, TREE "autoconf.h", headers[i]);
                assert_int_equal(kernel_config_read(&s.sys, RELEASE, &text), 0);
                assert_int_equal(kernel_config_value(text, "A"), strstr(headers[i], "_A 1")  ? 'y'
                                                                 : strstr(headers[i], "_A ") ? 'n'
                                                                                             : 0);
                scratch_close(&s);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(one_configuration),
                                            cmocka_unit_test(any_header) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
