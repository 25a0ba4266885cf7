/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No control character of others reaches a terminal. */
#include "lib/clean.h"

#include "lib/util.h"

/* Characters that are shown as something else than they are, or not at all. */
static const struct {
        unsigned first, last;
} deceptive[] = {
        { 0x00ad, 0x00ad },   /* soft hyphen */
        { 0x034f, 0x034f },   /* grapheme joiner */
        { 0x061c, 0x061c },   /* Arabic letter mark */
        { 0x115f, 0x1160 },   /* Hangul fillers */
        { 0x180b, 0x180f },   /* Mongolian selectors */
        { 0x200b, 0x200f },   /* zero width, left-to-right and right-to-left mark */
        { 0x2028, 0x202e },   /* separators, embeddings, overrides */
        { 0x2060, 0x206f },   /* invisible operators, isolates */
        { 0x3164, 0x3164 },   /* Hangul filler */
        { 0xfe00, 0xfe0f },   /* variation selectors */
        { 0xfeff, 0xfeff },   /* byte order mark */
        { 0xffa0, 0xffa0 },   /* Hangul filler */
        { 0xfff9, 0xfffb },   /* annotations */
        { 0xe0000, 0xe0fff }, /* tags */
};

static bool deceives(const unsigned char *s, size_t n)
{
        unsigned c = *s & (0x7f >> n);
        for (size_t i = 1; i < n; i++)
                c = c << 6 | (s[i] & 0x3f);
        for (size_t i = 0; i < ARRAY_SIZE(deceptive); i++)
                if (c >= deceptive[i].first && c <= deceptive[i].last)
                        return true;
        return false;
}

/* LEAST: what the second byte must be, so that C1 controls, longer spellings of short characters
 * and halves of surrogates are none; MOST likewise. */
size_t clean_length(const char *text)
{
        const unsigned char *s = (const unsigned char *)text;
        if (*s < 0x80)
                return *s >= ' ' && *s != 0x7f;
        size_t n = *s >= 0xf5 || *s < 0xc2 ? 0 : *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2;
        unsigned char least = *s == 0xc2 || *s == 0xe0 ? 0xa0 : *s == 0xf0 ? 0x90 : 0x80;
        unsigned char most = *s == 0xed ? 0x9f : *s == 0xf4 ? 0x8f : 0xbf;
        for (size_t i = 1; i < n; i++, least = 0x80, most = 0xbf)
                if (s[i] < least || s[i] > most)
                        return 0;
        return n && !deceives(s, n) ? n : 0;
}

char *text_clean(const char *s)
{
        char *clean = xstrdup(s);
        for (char *at = clean; *at;) {
                size_t n = clean_length(at);
                if (n == 0)
                        *at = '?';
                at += n ? n : 1;
        }
        return clean;
}

void print_clean(const char *s, FILE *to)
{
        _cleanup_free_ char *clean = text_clean(s);
        fputs(clean, to);
}
