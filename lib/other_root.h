/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In a forked child: into the root, with mounts of its own. */
#ifndef SECEP_LIB_OTHER_ROOT_H
#define SECEP_LIB_OTHER_ROOT_H

#include <stdbool.h>
#include "lib/sys.h"

/* Where the sources, lists and downloads of ExtraSource= are: in memory, gone with the last process
 * of the child. */
#define EXTRA_INSIDE "/run/secep-extra"

/* Where another root sees the files of --offline. */
#define OFFLINE_INSIDE "/run/secep-offline"

/* OUTER is the root as the parent sees it (its root_fd need not be open any more), ROOT its
 * identity from stat(2). Afterwards "/" is that root, with /proc, /dev/null and an empty /run
 * where it is not the running system, and *INNER describes it (root "/"). An --offline directory
 * of the host appears inside. CACHES (NULL-terminated directories) are, with SIMULATE, empty
 * throw-away ones when FRESH and read-only otherwise. SIMULATE and EXTRA (which makes EXTRA_INSIDE)
 * are -EPERM where the kernel grants no mounts. Never undone: the child ends. 0 or -errno with
 * *WHY. */
int inside_enter(const struct sys *outer, const struct stat *root, bool simulate, bool fresh,
                 bool extra, const char *const *caches, struct sys *inner, char **why);

#endif
