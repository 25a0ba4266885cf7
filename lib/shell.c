/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Quoting for people. */
#include "lib/shell.h"

#include "lib/clean.h"
#include "lib/util.h"

bool shell_safe(const char *s)
{
        _cleanup_free_ char *clean = text_clean(s);
        return streq(clean, s);
}

char *shell_word(const char *s)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789_@%+=:,./-";
        if (!shell_safe(s))
                return NULL;
        if (*s && strspn(s, plain) == strlen(s))
                return xstrdup(s);
        char *word = xcalloc(strlen(s) * 4 + 3, 1), *to = word;
        *to++ = '\'';
        for (; *s; s++)
                to = *s == '\'' ? stpcpy(to, "'\\''") : (*to = *s, to + 1);
        *to = '\'';
        return word;
}
