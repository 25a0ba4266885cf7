/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody who mistyped a name probably meant. */
#ifndef SECEP_LIB_NEAREST_H
#define SECEP_LIB_NEAREST_H

#include <stddef.h>

/* Of the N names the one that takes fewest edits (a letter more, less, other, or two swapped) to
 * become WORD; NULL where none is near: more than a third of its letters would have to change. */
const char *nearest(const char *word, const char *const *names, size_t n);

/* " (did you mean PREFIXname?)" for a complaint about WORD, "" where no name is near. malloc'ed. */
char *nearest_hint(const char *prefix, const char *word, const char *const *names, size_t n);

#endif
