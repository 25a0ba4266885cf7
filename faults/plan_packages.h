/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that install packages, with all that comes along. */
#ifndef SECEP_FAULTS_PLAN_PACKAGES_H
#define SECEP_FAULTS_PLAN_PACKAGES_H

#include "faults/plan.h"
#include "packages/packages.h"

/* The changes of RESULT as the packages of the last step of PLAN. */
void plan_add_packages(struct plan *plan, const struct package_result *result);

/* Adds the step of KIND, a package NAME (VERSION "": the candidate) that is to be installed, after
 * asking the package system what comes with it. 1; 0: it is there already and whole, and nothing was added;
 * also 1, with the step alone, where it could not be asked: the repair then says why. */
int plan_install(const struct sys *sys, struct plan *plan, enum step_kind kind, const char *name,
                 const char *version, const char *value);

#endif
