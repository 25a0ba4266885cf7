/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the connector's eBPF programs need of a kernel, from their public sources: each of its three
 * parts comes in two forms, and works where the kernel has all that one form needs. */
#ifndef SECEP_FAULTS_KERNEL_FUNCTIONS_H
#define SECEP_FAULTS_KERNEL_FUNCTIONS_H

#include "faults/fault.h"
#include "kmod-build/prove.h"

/* Asks kernel RELEASE, with a line of evidence in F for each part: the form that works, or by name
 * what each form lacks. *LACKING (malloc'ed): those names of the parts that no form works for, of
 * the form that lacks least; NULL where all parts work. 0, or -ENODATA: nobody lists the kernel's
 * functions. */
int kernel_functions_ask(const struct sys *sys, const char *release, struct finding *f,
                         char **lacking);

/* Has kernel RELEASE none of the functions that MONITOR's programs attach to? false also where
 * nobody lists them. */
bool kernel_functions_none(const struct sys *sys, const char *release, enum monitor monitor);

#endif
