/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a symlink leads, by its text alone. For this room. */
#ifndef SECEP_ACCOUNTS_LINKS_H
#define SECEP_ACCOUNTS_LINKS_H

#include <stdbool.h>

unsigned path_components(const char *path);

/* Does a link with TARGET, in a directory DEPTH components down, climb above the root? */
bool link_climbs_out(const char *target, unsigned depth);

#endif
