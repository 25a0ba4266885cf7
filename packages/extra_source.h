/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The repositories of ExtraSource=, for the plug-ins. */
#ifndef SECEP_PACKAGES_EXTRA_SOURCE_H
#define SECEP_PACKAGES_EXTRA_SOURCE_H

#include "packages/packages.h"

#ifdef __cplusplus
extern "C" {
#endif
/* Writes the definitions into directory DIR: each value that is an absolute path as a copy of that
 * file, the other values as the lines of one. The names end in ".repo", or for apt in ".list" or
 * ".sources". 0, or -EINVAL with *WHY naming the file that cannot be read, or -errno. */
int extra_write(const struct sys *sys, enum package_kind kind, const char *dir, char **why);
#ifdef __cplusplus
}
#endif
#endif
