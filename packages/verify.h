/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The package system's own word on the connector's files: what it shipped, is it still that? */
#ifndef SECEP_PACKAGES_VERIFY_H
#define SECEP_PACKAGES_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/sys.h"

/* Is PATH what nothing runs or compiles with, and hosts leave out by dpkg's path-exclude= or rpm's
 * %_excludedocs and %_install_langs: documentation, manual pages, translations? */
bool path_is_paper(const char *path);

/* The first file in the output of `dpkg --verify` or `rpm -V` whose content is not the package's
 * (configuration files, path_is_paper(), modes and owners do not count), malloc'ed, or NULL. */
char *verify_parse(const char *text);

/* Asks it about PACKAGE of the running system. 0: as shipped; -ENOENT: no package system here knows
 * it; -EPERM with *WHY naming the first file that differs; -errno with *WHY. */
int verify_package(const struct sys *sys, const char *package, char **why);

/* The package that owns FILE, malloc'ed: 0, -ENOENT (none) or -errno with *WHY. */
int verify_owner(const struct sys *sys, const char *file, char **package, char **why);

/* Is FILE what its package shipped? *PACKAGE is it, malloc'ed, NULL for none. 1, 0 (also for no
 * package) or -errno with *WHY. */
int verify_file(const struct sys *sys, const char *file, char **package, char **why);

#endif
