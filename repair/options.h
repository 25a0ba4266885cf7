/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of secep-repair, read into plain data. */
#ifndef SECEP_REPAIR_OPTIONS_H
#define SECEP_REPAIR_OPTIONS_H

#include "faults/fault.h"

enum action {
        ACTION_OVERVIEW, /* no argument: the check of every fault, and how to go on */
        ACTION_CHECK,
        ACTION_PLAN,
        ACTION_REHEARSE,
        ACTION_WATCH,
        ACTION_REPAIR,
        ACTION_UNDO,
        ACTION_HISTORY,
        ACTION_LIST,
        ACTION_REPORT,
        ACTION_HELP,
        ACTION_VERSION,
};

#define ALLOWED_MAX 8 /* --allow options that are remembered in words */

struct options {
        enum action action;
        const struct fault *faults[FAULTS_COUNT + 1]; /* in repair order, NULL-terminated */
        bool all; /* asked for all, by --all or by naming none */
        bool json;
        bool quiet;          /* only what is left, nothing where nothing is */
        bool verbose;        /* what is ok in detail, too */
        bool prove;          /* with ACTION_CHECK */
        const char *root;    /* "/" unless given */
        const char *release; /* --kernel, or NULL */
        const char *offline_dir, *offline_sums, *module_source;
        const char *undo;   /* run id or "last" */
        const char *report; /* the directory to be made */
        long timeout;       /* seconds to wait for locks and networks */
        long wait;          /* seconds to follow the monitor after a repair, 0: not at all */
        unsigned allow;
        const char *allowed[ALLOWED_MAX + 1]; /* as given, NULL-terminated */
};

#define TIMEOUT_DEFAULT 300 /* seconds: a slow mirror's package lists and one package */

/* 0, or -EINVAL with *WHY naming the flag. Strings point into argv. */
int options_parse(int argc, char **argv, struct options *out, char **why);
void options_help(void);

#endif
