/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No control character of others reaches a terminal. */
#include "lib/clean.h"

#include "lib/util.h"

/* Bytes of the printable UTF-8 character S begins with, 0: none. LEAST: what the second byte must
 * be, so that C1 controls and longer spellings of short characters are none. */
static size_t printable(const unsigned char *s)
{
        if (*s < 0x80)
                return *s >= ' ' && *s != 0x7f;
        size_t n = *s >= 0xf5 || *s < 0xc2 ? 0 : *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2;
        unsigned char least = *s == 0xc2 || *s == 0xe0 ? 0xa0 : *s == 0xf0 ? 0x90 : 0x80;
        for (size_t i = 1; i < n; i++, least = 0x80)
                if (s[i] < least || s[i] > 0xbf)
                        return 0;
        return n;
}

char *text_clean(const char *s)
{
        char *clean = xstrdup(s);
        for (char *at = clean; *at;) {
                size_t n = printable((unsigned char *)at);
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
