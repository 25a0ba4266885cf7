/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's environment block. */
#include "kernels/boot_menu.h"
#include "lib/util.h"

/* Lines of NAME=VALUE with backslashes before newlines and backslashes, then '#' to the end. */
char *grub_env_get(const char *text, size_t len, const char *key)
{
        size_t n = strlen(key);
        for (const char *p = text, *end = text + len; p < end;) {
                const char *line = p;
                while (p < end && *p != '\n')
                        p += *p == '\\' && p + 1 < end ? 2 : 1;
                if ((size_t)(p - line) > n && strncmp(line, key, n) == 0 && line[n] == '=') {
                        char *out = xcalloc((size_t)(p - line), 1), *to = out;
                        for (const char *v = line + n + 1; v < p; v++) {
                                v += *v == '\\' && v + 1 < p;
                                if (*v)
                                        *to++ = *v;
                        }
                        return out;
                }
                p += p < end;
        }
        return NULL;
}
