/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of rpm_zypper.c. */
#ifndef SECEP_PACKAGES_RPM_ZYPPER_H
#define SECEP_PACKAGES_RPM_ZYPPER_H

#include "packages/rpm_resolver.h"

/* Is a lock what zypper's PROBLEM (may be NULL) is about? -EACCES (package-hidden) with *WHY naming
 * the lock and the command that takes it away, or 0. */
int zypper_locked(const struct sys *sys, const char *problem, struct package_result *out,
                  char **why);

#endif
