/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step that was done and helped nothing: told by the run logs. */
#ifndef SECEP_FAULTS_STEP_EFFECT_H
#define SECEP_FAULTS_STEP_EFFECT_H

#include "lib/sys.h"

/* So often, and it is not tried again. */
#define STEP_TRIES 2

/* How many runs of the last day did the step of KIND (a name: "reinstall-package") on TARGET, and
 * ended with a fault left. A log that cannot be read counts as none. */
int step_without_effect(const struct sys *sys, const char *kind, const char *target);

#endif
