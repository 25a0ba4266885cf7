/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which package holds a kernel's headers: inside packages/. */
#ifndef SECEP_PACKAGES_HEADER_FIND_H
#define SECEP_PACKAGES_HEADER_FIND_H

#include "packages/packages.h"

/* The headers' package beside OWNER of VERSION, which owns kernel RELEASE: 0, or -ENOENT: OWNER is
 * not called as a kernel's package is. */
int header_sibling(enum package_kind kind, const char *owner, const char *version,
                   const char *release, struct header_package *out);

#endif
