/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside secep-rpm.so: the root's own resolver. */
#ifndef SECEP_PACKAGES_RPM_DNF_H
#define SECEP_PACKAGES_RPM_DNF_H

#include "packages/packages.h"

/* dnf is run once: it resolves and asks "Is this ok", and the answer is given when the installation
 * is wanted, by then with its undo on disk. */

/* Starts it, so that it resolves while something else is looked at. 0 or -errno with *WHY. */
int dnf_begin(const struct sys *sys, const struct package_request *request, char **why);
/* What it would bring in, as "name-version-release". Contract of package_call(). Afterwards it
 * waits for the answer where request->stays. */
int dnf_simulate(const struct sys *sys, const struct package_request *request,
                 struct package_result *out, char **why);
/* Does one wait for its answer? It has looked at what is installed. */
bool dnf_waits(void);
/* Forgets one that was begun and not answered. */
void dnf_drop(void);
/* Says yes to the one that waits, else runs VERB ("install" or "reinstall") from the start.
 * *SAID: what went wrong. The caller asks librpm for the outcome. */
int dnf_change(const char *verb, const struct sys *sys, const struct package_request *request,
               struct package_result *out, char **said);

/* Its transaction table (in the C locale): fills out->changes. Pure. */
void dnf_parse_table(const char *text, struct package_result *out);

#endif
