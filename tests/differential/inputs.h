/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differential tests have in common: how many inputs (SECEP_DIFFERENTIAL, 500 without it), and
 * a generator of numbers that gives the same inputs each time (SECEP_SEED for others). */
#ifndef SECEP_TESTS_DIFFERENTIAL_INPUTS_H
#define SECEP_TESTS_DIFFERENTIAL_INPUTS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUTS_DEFAULT 500
#define INPUTS_MAX 10000

static inline unsigned inputs_count(void)
{
        const char *text = getenv("SECEP_DIFFERENTIAL");
        unsigned long n = text ? strtoul(text, NULL, 10) : INPUTS_DEFAULT;
        return n > INPUTS_MAX ? INPUTS_MAX : (unsigned)n;
}

static inline uint64_t inputs_seed(void)
{
        const char *text = getenv("SECEP_SEED");
        return text ? strtoull(text, NULL, 0) : 0x5ecebULL;
}

/* splitmix64: INPUT's own row of numbers. */
struct inputs {
        uint64_t state;
};

static inline struct inputs inputs_of(unsigned input)
{
        return (struct inputs){ inputs_seed() * 0x9e3779b97f4a7c15ULL + input };
}

static inline unsigned inputs_below(struct inputs *in, unsigned n)
{
        uint64_t z = in->state += 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return (unsigned)((z ^ (z >> 31)) % n);
}

/* Text put together of parts. */
struct inputs_text {
        char bytes[8192];
        size_t len;
};

static inline void inputs_put(struct inputs_text *t, const char *part)
{
        size_t n = strlen(part);
        if (t->len + n < sizeof(t->bytes)) {
                memcpy(t->bytes + t->len, part, n + 1);
                t->len += n;
        }
}

#define inputs_one_of(in, list) ((list)[inputs_below((in), sizeof(list) / sizeof(*(list)))])

/* Prints "INPUT: what, theirs, ours" and the text, and counts. */
static inline void inputs_differ(unsigned input, const char *what, const char *theirs,
                                 const char *ours, const char *text)
{
        fprintf(stderr, "input %u: %s: theirs \"%s\", ours \"%s\"\n---\n%s\n---\n", input, what,
                theirs, ours, text);
}

#endif
