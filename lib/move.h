/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves a file, also to another file system, with owner, mode, times, xattrs and SELinux label. A
 * crash leaves it at one place or at both, never at none. */
#ifndef SECEP_LIB_MOVE_H
#define SECEP_LIB_MOVE_H

#include "lib/sys.h"

/* Moves FROM to TO, which must not be there (-EEXIST); no symlink is followed on the way to either.
 * To another file system only a regular file can go (-EXDEV). 0 or -errno with *WHY, then only FROM
 * is there. */
int move_file(const struct sys *sys, const char *from, const char *to, char **why);

/* Is the file TO the whole copy that a move of FROM makes, which is still there too: the same bytes,
 * owner, mode and time? 1, 0 or -errno. */
int move_copied(const struct sys *sys, const char *from, const char *to);

/* Takes away what a move to TO that was cut off, or failed, left there: the copy, its temporary, and
 * the directory when nothing else is in it. For who knows that TO was the move's own and the file is
 * still where it came from. 0 or -errno with *WHY. */
int move_sweep(const struct sys *sys, const char *to, char **why);

#endif
