/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dpkg's own state, for the plug-in. */
#ifndef SECEP_PACKAGES_DPKG_H
#define SECEP_PACKAGES_DPKG_H

#include "packages/packages.h"

#ifdef __cplusplus
extern "C" {
#endif
/* Was dpkg interrupted: a journal in /var/lib/dpkg/updates, or a package that is neither in nor
 * out? 1 with *NAME (may be NULL) the first such package or "the journal", 0, or -errno. */
int dpkg_interrupted(const struct sys *sys, char **name);
/* Which of the first N PATHS does the file list at LIST name? The lowest index, or N: none. */
size_t dpkg_list_find(const struct sys *sys, const char *list, char *const *paths, size_t n);
#ifdef __cplusplus
}
#endif
#endif
