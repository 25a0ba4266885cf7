/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Optimal string alignment over short names. */
#include "lib/nearest.h"

#include "lib/i18n.h"
#include "lib/util.h"

#define WORD_MAX 32 /* longer than any name there is */

static unsigned least(unsigned a, unsigned b)
{
        return a < b ? a : b;
}

/* Edits from A to B, both shorter than WORD_MAX. */
static unsigned edits(const char *a, const char *b)
{
        unsigned d[WORD_MAX + 1][WORD_MAX + 1];
        size_t n = strlen(a), m = strlen(b);
        for (size_t i = 0; i <= n; i++)
                d[i][0] = (unsigned)i;
        for (size_t k = 0; k <= m; k++)
                d[0][k] = (unsigned)k;
        for (size_t i = 1; i <= n; i++)
                for (size_t k = 1; k <= m; k++) {
                        unsigned other = d[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
                        d[i][k] = least(other, least(d[i - 1][k], d[i][k - 1]) + 1);
                        if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                                d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
                }
        return d[n][m];
}

const char *nearest(const char *word, const char *const *names, size_t n)
{
        const char *best = NULL;
        unsigned fewest = WORD_MAX;
        if (!*word || strlen(word) > WORD_MAX)
                return NULL;
        for (size_t i = 0; i < n; i++) {
                unsigned e = strlen(names[i]) > WORD_MAX ? WORD_MAX : edits(word, names[i]);
                if (e < fewest && (size_t)e * 3 <= strlen(names[i]) + 1) {
                        fewest = e;
                        best = names[i];
                }
        }
        return best;
}

char *nearest_hint(const char *prefix, const char *word, const char *const *names, size_t n)
{
        const char *name = nearest(word, names, n);
        return name ? xasprintf(_(" (did you mean %s%s?)"), prefix, name) : xstrdup("");
}
