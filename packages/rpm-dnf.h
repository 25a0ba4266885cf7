/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside secep-rpm.so: the root's own resolver. */
#ifndef SECEP_PACKAGES_RPM_DNF_H
#define SECEP_PACKAGES_RPM_DNF_H

#include "packages/packages.h"

/* What an installation would bring in, as "name-version-release". Contract of package_call(). */
int dnf_simulate(const struct sys *sys, const struct package_request *request,
                 struct package_result *out, char **why);
/* VERB: "install" or "reinstall". *SAID: what went wrong. The caller asks librpm for the outcome.
 */
int dnf_change(const char *verb, const struct sys *sys, const struct package_request *request,
               struct package_result *out, char **said);

/* Its transaction table (in the C locale): fills out->changes. Pure. */
void dnf_parse_table(const char *text, struct package_result *out);

#endif
