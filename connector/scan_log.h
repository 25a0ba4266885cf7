/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the scan process's own log says of its crashes. */
#ifndef SECEP_CONNECTOR_SCAN_LOG_H
#define SECEP_CONNECTOR_SCAN_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/sys.h"

struct scan_log {
        int crashes;     /* lines that tell of one and of when */
        int64_t last;    /* seconds of the epoch of the last of them, 0: none */
        int undated;     /* further lines, that carry no time we can read */
        int64_t written; /* when the file was written last: not before the last of those */
};

/* Does LINE tell of a crash: "crash", "Segmentation fault" or a signal that ends a program, before
 * any path in it (a file's name is whoever's made it). *WHEN: seconds of the epoch, 0: no time. */
bool scan_log_crash(const char *line, int64_t *when);

/* Crashes since SINCE in the log's end. A log that cannot be read tells of none. */
void scan_log_read(const struct sys *sys, int64_t since, struct scan_log *out);

#endif
