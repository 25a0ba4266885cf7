/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of others on its way to a terminal or a log. */
#ifndef SECEP_LIB_CLEAN_H
#define SECEP_LIB_CLEAN_H

#include <stddef.h>
#include <stdio.h>

/* Bytes of the character that S begins with, 0 where it is not fit to be shown: a control character
 * (C0, DEL, C1, also as UTF-8), one that changes the order of what is shown or that nobody sees
 * (bidirectional marks, embeddings and isolates, zero-width, line and paragraph separators, tags),
 * or a byte that is not UTF-8. */
size_t clean_length(const char *s);

/* Prints S to TO with a '?' for each byte that is not fit to be shown: names of files and processes
 * are chosen by others, and a terminal obeys what it is sent. */
void print_clean(const char *s, FILE *to);

/* The same as a new string. */
char *text_clean(const char *s);

#endif
