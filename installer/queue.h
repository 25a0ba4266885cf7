/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a package hook wants done later: a file in QUEUE_NEW whose name says it all, a fault's number
 * or a kernel's release. secep-repair-pending.service serves it; it outlives a reboot. */
#ifndef SECEP_INSTALLER_QUEUE_H
#define SECEP_INSTALLER_QUEUE_H

#include "lib/sys.h"

#define QUEUE_NEW "/var/lib/secep/pending/new"
#define QUEUE_LATER "/var/lib/secep/pending/later"

/* Writes the note NAME. 1, or 0 where it is there already; -EINVAL for a name with a slash or a dot in
 * front; -errno with *WHY naming the path. Waits for nothing. */
int queue_note(const struct sys *sys, const char *name, char **why);

/* The names in directory DIR (QUEUE_NEW or QUEUE_LATER), NULL-terminated; none where there is no such
 * directory. 0 or -errno. */
int queue_list(const struct sys *sys, const char *dir, char ***out);

/* One line for the journal and, where LOUD, for standard error. Never waits: a journal that does not
 * listen misses it. */
void queue_say(const struct sys *sys, bool loud, const char *line);

/* Does the system run from an image (ostree, or a /usr that is read-only), where a package has to be in
 * the image's recipe? */
bool queue_is_image(const struct sys *sys);

/* Will what is queued be served by itself, and if not: why, as half a sentence with what a person is
 * to run; NULL: it will. */
const char *queue_left_to_do(const struct sys *sys);

#endif
