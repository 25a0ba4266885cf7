/* SPDX-License-Identifier: GPL-2.0-or-later */
/* USERGROUPS_ENAB set for a while: on disk, or for one process and its children only. */
#ifndef SECEP_ACCOUNTS_TOGGLE_H
#define SECEP_ACCOUNTS_TOGGLE_H

#include <stddef.h>
#include "lib/sys.h"

/* ORIGINAL is the file as it was, NULL where there was none; VALUE "yes" or "no". */

/* Writes ORIGINAL with USERGROUPS_ENAB VALUE. 0, or -errno with *WHY. */
int toggle_on_disk(const struct sys *sys, const char *original, size_t len, const char *value,
                   char **why);
/* Puts ORIGINAL back where the file still is what toggle_on_disk() wrote; otherwise only the key,
 * and that only where its line still is ours: somebody has edited the file meanwhile. Idempotent.
 */
int toggle_put_back(const struct sys *sys, const char *original, size_t len, const char *value,
                    char **why);
/* Is our line in the file? 1, 0 or -errno. */
int toggle_is_there(const struct sys *sys, const char *original, size_t len, const char *value,
                    char **why);

/* For struct run.in_child: the calling process gets a mount namespace of its own, in which a
 * changed copy lies over /etc/login.defs. Nothing on disk changes and nothing is left when the last
 * process in it ends; mounts of the host still arrive. Live systems only. 0, or -errno: namespaces
 * are refused here (or there is no file to lay it over). */
int toggle_in_namespace(const char *value);

#endif
