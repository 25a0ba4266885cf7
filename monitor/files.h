/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which directories tell of which faults. A directory is watched, never a file: a file that is replaced
 * takes its watch with it. */
#ifndef SECEP_MONITOR_FILES_H
#define SECEP_MONITOR_FILES_H

#include "monitor/monitor.h"

struct file_rule {
        const char *path;  /* %s: the kernel release */
        const char *names; /* these alone, with blanks between; NULL: any */
        unsigned depth;    /* directories below it that are watched, too */
        unsigned faults;
        enum { RULE_LINKS = 1, RULE_APPENDED = 2, RULE_CONF = 4 } flags;
};
/* RULE_LINKS: symbolic links on the way are followed (never below /opt/cisco); RULE_APPENDED: what is
 * written counts before its writer closes it; RULE_CONF: secep.conf is read again. */

extern const struct file_rule file_rules[];
extern const size_t n_file_rules;

#define WATCHES_MAX 8192 /* of ours; the user's limit may be lower */

#endif
