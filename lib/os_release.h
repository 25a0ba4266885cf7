/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a root says of its distribution: os-release(5). */
#ifndef SECEP_LIB_OS_RELEASE_H
#define SECEP_LIB_OS_RELEASE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif
#include "lib/keyfile.h"
#include "lib/sys.h"

/* /etc/os-release (else /usr/lib/os-release) into *OUT; absent: an empty table.
 * 0, or -errno with *WHY. */
int os_release_read(const struct sys *sys, struct keyfile *out, char **why);
/* Is the distribution ID, or one of those it says it is like? */
bool os_release_is(const struct keyfile *os, const char *id);

#ifdef __cplusplus
}
#endif
#endif
