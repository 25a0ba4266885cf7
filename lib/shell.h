/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for a command that a person copies to a shell. Nothing here runs anything. */
#ifndef SECEP_LIB_SHELL_H
#define SECEP_LIB_SHELL_H

#include <stdbool.h>

/* Has S nothing that a terminal obeys or that shows in another order than it is: no control
 * character, no bidirectional mark or embedding, no invisible character, no byte that is not UTF-8? */
bool shell_safe(const char *s);

/* S as one word of a POSIX shell, malloc'ed: as it is where that does, else in single quotes. NULL
 * where it is not shell_safe(). */
char *shell_word(const char *s);

#endif
