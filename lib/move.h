/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves a file, also to another file system, with owner, mode, times, xattrs and SELinux label. A
 * crash leaves it at one place or at both, never at none. */
#ifndef SECEP_LIB_MOVE_H
#define SECEP_LIB_MOVE_H

#include "lib/sys.h"

/* Moves FROM to TO, which must not be there (-EEXIST); no symlink is followed on the way to either.
 * To another file system only a regular file can go (-EXDEV). 0 or -errno with *WHY. */
int move_file(const struct sys *sys, const char *from, const char *to, char **why);

#endif
