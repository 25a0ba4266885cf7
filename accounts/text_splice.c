/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Part of a text replaced. */
#include "accounts/text_splice.h"

#include "lib/util.h"

char *text_splice(const char *text, size_t len, size_t start, size_t length, const char *with,
                  size_t with_len, size_t *out_len)
{
        size_t n = len - length + with_len;
        char *out = xcalloc(n + 1, 1);
        memcpy(out, text, start);
        memcpy(out + start, with, with_len);
        memcpy(out + start + with_len, text + start + length, len - start - length);
        *out_len = n;
        return out;
}
