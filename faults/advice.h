/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The do lines of blocked faults: what a person types, sets in the console or arranges. */
#ifndef SECEP_FAULTS_ADVICE_H
#define SECEP_FAULTS_ADVICE_H

#include "faults/fault.h"

/* "secep-repair [--root R] [--kernel K] --fault ID MORE" as the do line of F. */
void advice_ours(const struct sys *sys, struct finding *f, int id, const char *more);

/* For F, a fault of ID that cannot be repaired before FIRST is: the command that repairs both, in that
 * order; where FIRST does not hold by itself, what else brings a kernel's headers. */
void advice_before(const struct sys *sys, struct finding *f, const struct fault *first, int id);

/* A command of the system itself, one argument a word, the last NULL: each is quoted. In a root that
 * is not running it is to be run inside. */
void advice_run(const struct sys *sys, struct finding *f, ...) __attribute__((sentinel));

/* The same of a list, NULL-terminated. */
void advice_argv(const struct sys *sys, struct finding *f, char *const *argv);

/* "apt-get install NAME", or what does that in this distribution. AGAIN: it is installed, and has to
 * be installed once more. */
void advice_package(const struct sys *sys, struct finding *f, const char *name, bool again);

/* Gives a blocked finding of FAULT that has no do line the one its cause has in the table, which
 * covers every fault and every cause. Of another verdict nothing is said. */
void advice_ensure(const struct sys *sys, const struct fault *fault, struct finding *f);

#endif
