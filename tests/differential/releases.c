/* SPDX-License-Identifier: GPL-2.0-or-later */
/* release_compare() against the two that order kernels for their package systems: rpmvercmp() of
 * librpm and `dpkg --compare-versions`. Generated pairs in the way each system's kernels are named;
 * prints each disagreement, and ends with 1 where there is one.
 *
 *   releases rpm|dpkg [PAIRS [SEED]]      500 pairs, and a seed that is printed */
#include <inttypes.h>
#include <rpm/rpmver.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernels/release.h"
#include "lib/run.h"
#include "lib/util.h"

#define PAIRS 500
#define SHOWN 20

static uint64_t state;

static unsigned below(unsigned n)
{
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (unsigned)((state >> 33) % n);
}

static const char *one_of(const char *const *words, size_t n)
{
        return words[below((unsigned)n)];
}
#define ONE_OF(words) one_of(words, ARRAY_SIZE(words))

/* Few values, so that parts are often equal and the next ones count; 9 and 10, 99 and 100. */
static unsigned number(void)
{
        static const unsigned values[] = { 0, 1, 2, 9, 10, 11, 99, 100, 427, 5 };
        return values[below(ARRAY_SIZE(values))];
}

/* ABI: the two of a pair have a number before the flavour, or neither has. */
static char *dpkg_release(const char *flavour, bool abi)
{
        static const char *const marks[] = { "",     "",     "+deb12", "+deb13", "+deb13u1", "+bpo",
                                             "+rpt", "~rc6", "~rc10",  "+bpo.1", "+deb12u1" };
        static const char *const series[] = { "5.10", "5.15", "6.1", "6.12", "7.2" };
        _cleanup_free_ char *part = abi ? xasprintf("-%u", number()) : xstrdup("");
        return xasprintf("%s.%u%s%s-%s", ONE_OF(series), number(), ONE_OF(marks), part, flavour);
}

static char *rpm_release(void)
{
        static const char *const series[] = { "4.18", "5.14", "5.15", "6.1", "6.12", "6.18" };
        static const char *const dists[] = { ".el8",        ".el9",     ".el9_4",  ".el9_6",
                                             ".el9.elrepo", ".el9uek",  ".fc43",   ".amzn2023",
                                             ".azl3",       "-default", ".el8_10", ".rt7.1.el8" };
        static const char *const arches[] = { ".x86_64",    ".x86_64",       ".aarch64",    "",
                                              ".x86_64+rt", ".x86_64+debug", ".aarch64+64k" };
        static const char *const marks[] = { "", "", "", "~rc6", "~rc10", "-rc6" };
        _cleanup_free_ char *more =
                below(2) ? xasprintf(".%u.%u", number(), number()) : xstrdup("");
        return xasprintf("%s.%u%s-%u%s%s%s", ONE_OF(series), number(), ONE_OF(marks), number(),
                         more, ONE_OF(dists), ONE_OF(arches));
}

static int sign(int n)
{
        return (n > 0) - (n < 0);
}

/* 1 where A OP B, 0, or -1 where dpkg could not be asked. */
static int dpkg_says(const char *a, const char *op, const char *b)
{
        const char *const argv[] = { "dpkg", "--compare-versions", a, op, b, NULL };
        const struct run run = { RUN_DEFAULT, .argv = argv };
        _cleanup_run_result_ struct run_result result = { 0 };
        if (run_program(&run, &result) < 0 || result.status > 1)
                return -1;
        return result.status == 0;
}

/* -1, 0, 1, or 2. */
static int dpkg_compare(const char *a, const char *b)
{
        int older = dpkg_says(a, "lt", b), newer = older == 0 ? dpkg_says(a, "gt", b) : 0;
        return older < 0 || newer < 0 ? 2 : newer - older;
}

/* The version and the rest: "6.12.9", "+deb13-amd64". */
static size_t upstream_of(const char *release)
{
        return strspn(release, "0123456789.");
}

static bool same_mark(const char *a, const char *b)
{
        size_t n = strspn(a, "+~abcdefghijklmnopqrstuvwxyz0123456789.");
        return n == strspn(b, "+~abcdefghijklmnopqrstuvwxyz0123456789.") && strncmp(a, b, n) == 0;
}

/* The same version once with "+deb13" and once without: dpkg then orders by '+' against '-' and by
 * the first letter of the flavour, which means nothing, and no distribution ships both. */
static bool no_order_there(const char *a, const char *b)
{
        size_t n = upstream_of(a);
        return n == upstream_of(b) && strncmp(a, b, n) == 0 && (a[n] == '+' || b[n] == '+') &&
               !same_mark(a + n, b + n);
}

static int compare_pair(bool dpkg, unsigned *shown)
{
        static const char *const flavours[] = { "amd64", "cloud-amd64", "generic", "pve",
                                                "rpi-v8" };
        const char *flavour = ONE_OF(flavours);
        bool abi = below(3) > 0;
        _cleanup_free_ char *a = dpkg ? dpkg_release(flavour, abi) : rpm_release();
        _cleanup_free_ char *b = dpkg ? dpkg_release(flavour, abi) : rpm_release();
        if (dpkg && no_order_there(a, b))
                return 0;
        int ours = sign(release_compare(a, b));
        int theirs = dpkg ? dpkg_compare(a, b) : sign(rpmvercmp(a, b));
        if (theirs == 2) {
                fprintf(stderr, "dpkg --compare-versions could not be run\n");
                exit(2);
        }
        if (ours == theirs)
                return 0;
        if ((*shown)++ < SHOWN)
                printf("%s %s: ours %d, theirs %d\n", a, b, ours, theirs);
        return 1;
}

int main(int argc, char **argv)
{
        long pairs = PAIRS, seed = (long)time(NULL), wrong = 0;
        unsigned shown = 0;
        if (argc < 2 || (!streq(argv[1], "rpm") && !streq(argv[1], "dpkg")) ||
            (argc > 2 && parse_long(argv[2], 1, 1000000, &pairs) < 0) ||
            (argc > 3 && parse_long(argv[3], 0, INT32_MAX, &seed) < 0)) {
                fprintf(stderr, "usage: releases rpm|dpkg [PAIRS [SEED]]\n");
                return 2;
        }
        state = (uint64_t)seed;
        for (long i = 0; i < pairs; i++)
                wrong += compare_pair(streq(argv[1], "dpkg"), &shown);
        printf("%s: %ld pairs, seed %ld: %ld disagreements\n", argv[1], pairs, seed, wrong);
        return wrong ? 1 : 0;
}
