/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a package hook wants done when the transaction is over: PENDING/kernel-RELEASE, an empty
 * file. A path unit watches the directory and has run-pending started. */
#ifndef SECEP_INSTALLER_PENDING_H
#define SECEP_INSTALLER_PENDING_H

#define PENDING "/run/secep/pending"

/* malloc'ed. */
char *pending_path(const char *release);

#endif
