/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dnf, microdnf and yum print. For rpm-dnf.c. */
#ifndef SECEP_PACKAGES_RPM_DNF_H
#define SECEP_PACKAGES_RPM_DNF_H

#include "lib/run.h"
#include "packages/packages.h"

/* What a line of the transaction table has: "name arch version repository size unit" in dnf 4 and
 * 5, "name-version.arch repository size unit" in microdnf. */
enum dnf_columns { MICRODNF_COLUMNS = 4, DNF_COLUMNS = 6 };

/* The table, in the C locale, into out->changes. A name too long for its column pushes the rest to
 * the next line: words count, not lines. Returns the first that it would remove, malloc'ed, or
 * NULL. */
char *dnf_parse_table(const char *text, enum dnf_columns columns, struct package_result *out);

/* The repositories of ExtraSource= into EXTRA_INSIDE/repos. 0 or -errno with *WHY. */
int dnf_extra_repos(const struct sys *sys, char **why);

/* Why it failed: -errno, with its words in *WHY and the cause in *OUT. */
int dnf_meaning(const struct run_result *result, struct package_result *out, char **why);

#endif
