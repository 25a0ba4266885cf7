/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Part of a text replaced. For this room. */
#ifndef SECEP_ACCOUNTS_TEXT_SPLICE_H
#define SECEP_ACCOUNTS_TEXT_SPLICE_H

#include <stddef.h>

/* TEXT with the LENGTH bytes at START replaced by the string WITH; malloc'ed, a 0 byte after the
 * last of *OUT_LEN. */
char *text_splice(const char *text, size_t len, size_t start, size_t length, const char *with,
                  size_t with_len, size_t *out_len);

#endif
