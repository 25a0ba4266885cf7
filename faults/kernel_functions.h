/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Would the connector's eBPF programs work on a kernel? Each of their parts comes in two forms
 * (kernel_needs.h), and works where the kernel has all that one form needs which the connector's
 * version has: of a connector that is not there both count, one of an unknown version is taken as
 * older than CO_RE_SINCE.
 *
 * A look asks the kernel's list of functions (the running one's own, else System.map), its
 * configuration and BTF; what the configuration leaves out lacks where nobody lists anything, too.
 * In depth each function of the running kernel is probed once, each map type made once. */
#ifndef SECEP_FAULTS_KERNEL_FUNCTIONS_H
#define SECEP_FAULTS_KERNEL_FUNCTIONS_H

#include "faults/fault.h"
#include "faults/kernel_needs.h"

enum needs_answer {
        NEEDS_UNTOLD, /* nobody lists the functions, or tells of an option; or it depends on a version
                       * that is not known */
        NEEDS_MET,
        NEEDS_LACK,
};

struct kernel_needs {
        enum needs_answer answer;
        bool by_core; /* met, all of it by the form that needs no headers */
        bool listed;  /* somebody lists the functions */
        bool options; /* of each of kernel_features[] somebody tells whether it is there */
        bool none;    /* there is not one of the functions of these parts */
        char *told;   /* lack: the names, of the form that lacks least; untold: why */
};
void kernel_needs_free(struct kernel_needs *needs);
#define _cleanup_needs_ _cleanup_(kernel_needs_free)

/* Asks kernel RELEASE about PARTS (bits: 1 << PART_FILES and so on), with a line of evidence in F for
 * each: the form that works, or by name what each form lacks. *OUT is to be freed. */
#define PARTS_ALL ((1U << PARTS) - 1)
void kernel_needs_ask(const struct sys *sys, const char *release, unsigned parts, struct finding *f,
                      struct kernel_needs *out);

/* Which names are listed for RELEASE, each exactly so: in depth by /proc/kallsyms of the running kernel, else by
 * System.map in /boot or beside its modules. THERE has those of kernel_functions[], behind them, where MORE asks
 * for these (they cost a longer way through the list), the functions of kernel_features[] and KERNEL_BTF. 0, or
 * -ENODATA: nobody lists any function. */
#define KERNEL_NAMES (KERNEL_FUNCTIONS + KERNEL_FEATURES + 1)
int kernel_listed(const struct sys *sys, const char *release, bool more, bool there[KERNEL_NAMES]);

#endif
