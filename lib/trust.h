/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether only root can have put a file where it is. */
#ifndef SECEP_LIB_TRUST_H
#define SECEP_LIB_TRUST_H

#include "lib/sys.h"

/* PATH, every directory above it up to the root's top, and the same of each symlink on the way:
 * owned by root (or by whoever runs this) and not writable by group or others. 0; -EPERM with *WHY
 * naming what is not; or why PATH cannot be reached (-ENOENT, -ELOOP, ...). */
int sys_trusted(const struct sys *sys, const char *path, char **why);

#endif
