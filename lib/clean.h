/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of others on its way to a terminal or a log. */
#ifndef SECEP_LIB_CLEAN_H
#define SECEP_LIB_CLEAN_H

#include <stdio.h>

/* Prints S to TO with a '?' for each byte of a control character (C0, DEL, C1, also as UTF-8) and
 * each byte that is no UTF-8: names of files and processes are chosen by others, and a terminal
 * obeys what it is sent. */
void print_clean(const char *s, FILE *to);

/* The same as a new string. */
char *text_clean(const char *s);

#endif
