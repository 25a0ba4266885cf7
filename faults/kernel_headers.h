/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of fault 11. */
#ifndef SECEP_FAULTS_KERNEL_HEADERS_H
#define SECEP_FAULTS_KERNEL_HEADERS_H

#include "faults/fault.h"

/* kernel_tree.c: is the header tree of RELEASE there, its own and whole? Fills F. 0 or -errno. */
int kernel_tree_judge(const struct sys *sys, const char *release, struct finding *f);
/* A whole tree of RELEASE where its package puts it, whatever /lib/modules says: malloc'ed path, or
 * NULL. */
char *kernel_tree_elsewhere(const struct sys *sys, const char *release);

/* kernel_headers_plan.c */
int kernel_headers_plan(const struct sys *sys, struct finding *f, struct plan *plan);

#endif
