/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which directories tell of which faults. A directory is watched, never a file: a file that is replaced
 * takes its watch with it. */
#ifndef SECEP_MONITOR_FILES_H
#define SECEP_MONITOR_FILES_H

#include "monitor/monitor.h"

struct file_rule {
        char *path;
        char *names;    /* these alone, with blanks between; NULL: any */
        unsigned depth; /* directories below it that are watched, too */
        unsigned faults;
        unsigned flags;
};
enum {
        RULE_LINKS = 1,    /* symbolic links on the way are followed (never below /opt/cisco) */
        RULE_APPENDED = 2, /* what is written counts before its writer closes it */
        RULE_CONF = 4,     /* secep.conf is read again */
        RULE_BELOW = 8,    /* of a place: it is the directory itself */
};

/* The rules for SYS as it is now: those of the table, and one for each place of the connector's that
 * secep.conf sets. *OUT (rules_free) has them, PATH and NAMES are its own. */
void rules_make(const struct sys *sys, struct file_rule **out, size_t *n);
void rules_free(struct file_rule *rules, size_t n);
bool rules_same(const struct file_rule *a, size_t n_a, const struct file_rule *b, size_t n_b);

#define WATCHES_MAX 8192 /* of ours; the user's limit may be lower */

#endif
