/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs of secep-installer: one file each, listed in main.c. */
#ifndef SECEP_INSTALLER_VERB_H
#define SECEP_INSTALLER_VERB_H

#include <stdbool.h>
#include "lib/sys.h"

struct verb {
        const char *name, *usage, *summary;
        bool needs_root;
        bool hook; /* of a package system: ends with 0 whatever happens */
        /* ARGV: what stood behind the verb, NULL-terminated. ALL: the program's own, for the run
         * log. The exit status. */
        int (*run)(struct sys *sys, char **argv, char *const *all);
};

extern const struct verb verb_with_usergroups, verb_kernel_added, verb_kernel_removed,
        verb_kernels_changed, verb_run_pending, verb_postinst, verb_prerm, verb_post, verb_preun,
        verb_posttrans, verb_connector_changed, verb_install, verb_upgrade, verb_reinstall,
        verb_remove, verb_preflight, verb_status;

/* One line on standard error; returns STATUS. */
int verb_complain(int status, const char *why);
/* "usage: ...", status 2. */
int verb_usage(const struct verb *verb);
/* REPORT as secep-repair shows it, on standard output. */
struct report;
void verb_report(const struct sys *sys, struct report *report);

#endif
