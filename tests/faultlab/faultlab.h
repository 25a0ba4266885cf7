/* SPDX-License-Identifier: GPL-2.0-or-later */
/* faultlab breaks a root on purpose: one file a fault, each a table of causes. */
#ifndef SECEP_TESTS_FAULTLAB_H
#define SECEP_TESTS_FAULTLAB_H

#include <stdbool.h>
#include "lib/sys.h"
#include "lib/util.h"

struct breakage {
        const char *slug; /* as in faults/ */
        const char *cause;
        const char *what; /* what it does to the root, for `faultlab list` */
        /* Both with the system's own tools, so that they do not share a mistake with what is
         * tested. 0 or -errno with *WHY. */
        int (*make)(const struct sys *sys, char **why);
        /* 1: the root is in this state, 0: it is not, -errno. */
        int (*holds)(const struct sys *sys, char **why);
};

/* Each ended by a row without slug; faultlab.c lists them. */
extern const struct breakage break_scan_user[], break_kernel_headers[], break_selinux_policy[];
extern const struct breakage break_scan_start[], break_scan_restarts[], break_event_overload[];
extern const struct breakage break_kernel_compat[];
extern const struct breakage break_file_monitor[], break_network_monitor[];

/* Runs a program of the root, chrooted into it, and says what it said when it fails; its output in
 * *OUT (malloc'ed) unless OUT is NULL. */
int lab_run_inside(const struct sys *sys, char **why, char **out, const char *const *argv);
#define LAB_RUN_INSIDE(sys, why, out, ...)                                                         \
        lab_run_inside((sys), (why), (out), (const char *const[]){ __VA_ARGS__, NULL })

/* Sets KEY to VALUE in a file of lines "KEY<SEPARATOR>VALUE", adding the line where it is not. */
int lab_set_key(const struct sys *sys, const char *path, const char *key, const char *separator,
                const char *value, char **why);

/* Makes or replaces the file PATH (mode 0644) and its directories. */
int lab_write(const struct sys *sys, const char *path, const char *text, char **why);

/* Is there a line that is exactly LINE? 1, 0, -errno. */
int lab_has_line(const struct sys *sys, const char *path, const char *line, char **why);

#endif
