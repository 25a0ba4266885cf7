/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running kernel's keyrings. */
#ifndef SECEP_KMOD_BUILD_KEYRINGS_H
#define SECEP_KMOD_BUILD_KEYRINGS_H

#include "lib/sys.h"

/* Is the certificate with this subject key identifier (hex) in a keyring by which the running kernel verifies
 * modules? True also where it is listed and a keyring does not tell what it holds. A key in another one (a
 * user's, with keyctl padd) is trusted by nobody. */
bool keyrings_have(const struct sys *sys, const char *key_id);

#endif
