/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbolic links that are made and taken back. */
#ifndef SECEP_LIB_LINK_H
#define SECEP_LIB_LINK_H

#include "lib/sys.h"

/* Makes PATH a symbolic link to TARGET in one step; what is there may only be a symbolic link.
 * 0 or -errno with *WHY: -EEXIST where it is anything else. */
int link_make(const struct sys *sys, const char *path, const char *target, char **why);
/* Takes it away where it still leads to TARGET; 0 also where it is gone or another. */
int link_remove(const struct sys *sys, const char *path, const char *target, char **why);

#endif
