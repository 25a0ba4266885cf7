/* SPDX-License-Identifier: GPL-2.0-or-later */
/* K4, an answer sampled from less than it depends on: a kernel whose functions are listed and whose options nobody
 * tells of lacks nothing that was seen, and is still no kernel that does. */
#include "tests/unit/scratch.h"

#include <errno.h>

#include "faults/kernel_functions.h"

#define RELEASE "6.9.9-1-amd64"
#define MAP "/boot/System.map-" RELEASE
#define SHOWING "kprobe_dispatcher register_kprobe trace_call_bpf bpf_check __start_BTF "
#define EVENTS "CONFIG_BPF_EVENTS=y\nCONFIG_KPROBE_EVENTS=y\n"

static const struct row {
        const char *config; /* NULL: there is none */
        const char *shown;  /* listed beside all functions of both forms */
        const char * not ;  /* the function that is not listed */
        enum needs_answer answer;
        bool by_core;
        const char *told;
} rows[] = {
        { NULL, SHOWING, "", NEEDS_MET, true, NULL },
        { NULL, "", "", NEEDS_UNTOLD, false,
          "no configuration of it tells of BTF, CONFIG_KPROBE_EVENTS, CONFIG_KPROBES, "
          "CONFIG_BPF_EVENTS, CONFIG_BPF_SYSCALL" },
        { NULL, "kprobe_dispatcher trace_call_bpf ", "", NEEDS_MET, false, NULL },
        { NULL, "kprobe_dispatcher bpf_check __start_BTF ", "", NEEDS_UNTOLD, false,
          "no configuration of it tells of CONFIG_BPF_EVENTS" },
        { NULL, SHOWING, "inet6_release", NEEDS_UNTOLD, false,
          "no configuration of it tells of CONFIG_IPV6" },
        { NULL, SHOWING, "vfs_read", NEEDS_LACK, false, "vfs_read" },
        { EVENTS "CONFIG_DEBUG_INFO_BTF=y\n", "", "", NEEDS_MET, true, NULL },
        { EVENTS "# CONFIG_KPROBES is not set\n", SHOWING, "", NEEDS_LACK, false,
          "CONFIG_KPROBES" },
        { "CONFIG_KPROBE_EVENTS=y\n", "", "", NEEDS_LACK, false,
          "CONFIG_BPF_EVENTS, CONFIG_BPF_SYSCALL" },
        { "CONFIG_KPROBE_EVENTS=y\nCONFIG_IPV6=m\n", SHOWING, "inet6_release", NEEDS_MET, false,
          NULL },
        { EVENTS, SHOWING, "inet6_release", NEEDS_LACK, false, "inet6_release" },
};

/* SHOWN and all functions but NOT; data is of another type than a function. */
static char *list_of(const char *shown, const char * not )
{
        _cleanup_free_ char *words = xstrdup(shown);
        char *list = xstrdup("");
        char *rest = words, *word;
        size_t i = 0;
        while ((word = i < KERNEL_FUNCTIONS ? (char *)kernel_functions[i++].name
                                            : strsep(&rest, " "))) {
                if (!*word || streq(word, not ))
                        continue;
                char *longer = xasprintf("%sffffffff81000000 %c %s\n", list,
                                         streq(word, KERNEL_BTF) ? 'R' : 't', word);
                free(list);
                list = longer;
        }
        return list;
}

static void options_nobody_tells_of(void **state)
{
        (void)state;
        for (const struct row *row = rows; row < rows + ARRAY_SIZE(rows); row++) {
                struct scratch s;
                _cleanup_free_ char *list = list_of(row->shown, row->not );
                _cleanup_finding_ struct finding f = FINDING_INIT;
                _cleanup_needs_ struct kernel_needs needs = { 0 };
                scratch_open(&s);
                scratch_write(&s, MAP, list);
                if (row->config)
                        scratch_write(&s, "/boot/config-" RELEASE, row->config);
                kernel_needs_ask(&s.sys, RELEASE, PARTS_ALL, &f, &needs);
                assert_int_equal(needs.answer, row->answer);
                assert_int_equal(needs.by_core, row->by_core);
                if (row->told)
                        assert_string_equal(needs.told, row->told);
                else
                        assert_null(needs.told);
                scratch_close(&s);
        }
}

/* A line of data that has a function's name is none. */
static void data_is_no_function(void **state)
{
        (void)state;
        struct scratch s;
        bool there[KERNEL_NAMES] = { false };
        scratch_open(&s);
        scratch_write(&s, MAP,
                      "ff D vfs_read\nff t __start_BTF\nff T trace_call_bpf\nff D bpf_check\n");
        assert_int_equal(kernel_listed(&s.sys, RELEASE, true, there), 0);
        for (size_t i = 0; i < KERNEL_NAMES; i++) {
                size_t row = i - KERNEL_FUNCTIONS;
                assert_int_equal(there[i],
                                 i >= KERNEL_FUNCTIONS && row < KERNEL_FEATURES &&
                                         streq(kernel_features[row].option, "BPF_EVENTS"));
        }
        scratch_write(&s, MAP, "ff D vfs_read\nff R __start_BTF\n");
        assert_int_equal(kernel_listed(&s.sys, RELEASE, true, there), -ENODATA);
        scratch_close(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(options_nobody_tells_of),
                cmocka_unit_test(data_is_no_function),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
