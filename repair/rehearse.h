/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --rehearse: the whole repair, for real, on a throw-away copy of the root: one overlay per mounted
 * local file system in a private mount namespace, changes in memory, dropped at the end. */
#ifndef SECEP_REPAIR_REHEARSE_H
#define SECEP_REPAIR_REHEARSE_H

#include <stddef.h>

/* Runs REPAIR(DATA, CHANGES) inside the copy of ROOT ("/": the copy becomes the root directory;
 * otherwise it is mounted over ROOT) and returns its status (0..255), or -errno with *WHY. What it
 * prints on stdout comes out on ours. rehearse_changes(CHANGES) tells it what differs. */
struct copy;
int rehearse_run(const char *root, int (*repair)(void *data, const struct copy *copy), void *data,
                 char **why);

/* Lines "added PATH", "changed PATH", "removed PATH", "account +NAME", ... NULL-terminated, for the
 * caller to free; NULL where nothing differs. */
char **rehearse_changes(const struct copy *copy);

#endif
