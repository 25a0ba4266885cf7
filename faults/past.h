/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What repairs of the last days did, from the run logs. Asked only where something is wrong. */
#ifndef SECEP_FAULTS_PAST_H
#define SECEP_FAULTS_PAST_H

#include <time.h>
#include "faults/fault.h"
#include "lib/runlog_past.h"

/* So often, and a step is not tried again. */
#define STEP_TRIES 2

/* Runs begun since SINCE that did a step of KIND for FAULT on a target that ends in SUFFIX, and did
 * not undo it. Logs that were skipped are named in F (may be NULL) and count as none. */
int past_episodes(const struct sys *sys, int fault, enum step_kind kind, const char *suffix,
                  time_t since, struct finding *f);

/* The same, and runs in which that step was tried and failed count too. */
int past_tried(const struct sys *sys, int fault, enum step_kind kind, const char *suffix,
               time_t since, struct finding *f);

/* Runs of the last day that did the step of KIND on TARGET, and ended with a fault left. */
int past_in_vain(const struct sys *sys, enum step_kind kind, const char *target, struct finding *f);

/* The newest run in PAST that set the mode or the owner of the directory PATH, or NULL. */
const struct past_run *past_mended(const struct runlog_past *past, const char *path);
/* The run that did so before that one: with it, what is wrong now was changed twice after a repair. */
const struct past_run *past_mended_before(const struct runlog_past *past, const char *path);

/* Names in F what PAST skipped. */
void past_note_skipped(const struct runlog_past *past, struct finding *f);

#endif
