/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libbpf and the verifier said of the attempt under way. */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <sys/resource.h>

#include "kmod-build/bpf/monitor.h"
#include "lib/util.h"

#define LAST_LINES ((size_t)600) /* of the verifier's words: what a person reads */

/* libbpf's warnings of the attempt under way: the verifier's words are among them. */
static char said[65536];
static size_t said_len;

PRINTF(2, 0)
static int hear(enum libbpf_print_level level, const char *format, va_list args)
{
        if (level != LIBBPF_WARN)
                return 0;
        int n = vsnprintf(said + said_len, sizeof(said) - said_len, format, args);
        if (n > 0)
                said_len += (size_t)n < sizeof(said) - said_len ? (size_t)n
                                                                : sizeof(said) - said_len - 1;
        return 0;
}

void bpf_hear_anew(void)
{
        said[0] = '\0';
        said_len = 0;
        libbpf_set_print(hear);
        /* kernels before 5.11 count maps against it */
        const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
        setrlimit(RLIMIT_MEMLOCK, &all);
}

const char *bpf_last_words(void)
{
        return said_len > LAST_LINES ? said + said_len - LAST_LINES : said;
}

const char *bpf_words(void)
{
        return said;
}
