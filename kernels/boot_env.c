/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's environment block. */
#include "kernels/boot_menu.h"
#include "lib/util.h"

/* From FROM to END, backslashes before another character undone. malloc'ed. */
static char *plain(const char *from, const char *end)
{
        char *out = xcalloc((size_t)(end - from) + 1, 1), *to = out;
        for (; from < end; from++) {
                from += *from == '\\' && from + 1 < end;
                if (*from)
                        *to++ = *from;
        }
        return out;
}

/* Lines of NAME=VALUE with backslashes before newlines and backslashes, then '#' to the end. GRUB
 * sets one after the other: the last counts. */
char *grub_env_get(const char *text, size_t len, const char *key)
{
        size_t n = strlen(key);
        char *found = NULL;
        for (const char *p = text, *end = text + len; p < end; p += p < end) {
                const char *line = p;
                while (p < end && *p != '\n')
                        p += *p == '\\' && p + 1 < end ? 2 : 1;
                if ((size_t)(p - line) > n && strncmp(line, key, n) == 0 && line[n] == '=') {
                        free(found);
                        found = plain(line + n + 1, p);
                }
        }
        return found;
}
