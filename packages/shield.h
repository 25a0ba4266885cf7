/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On the running system, in a forked child: mounts of its own over the package caches, so that a
 * look writes nothing. (Another root is entered by lib/door.h, which does that, too.) */
#ifndef SECEP_PACKAGES_SHIELD_H
#define SECEP_PACKAGES_SHIELD_H

#include <stdbool.h>

/* CACHES (NULL-terminated directories; NULL: none) become empty throw-away ones when FRESH and
 * read-only otherwise; EXTRA makes EXTRA_INSIDE. Gone with the child. 0, -EPERM where the kernel
 * grants no mounts, or -errno with *WHY. */
int shield_caches(const char *const *caches, bool fresh, bool extra, char **why);

#endif
