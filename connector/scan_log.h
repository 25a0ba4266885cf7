/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the scan process's own log says of its crashes, and of signature files it could not load. */
#ifndef SECEP_CONNECTOR_SCAN_LOG_H
#define SECEP_CONNECTOR_SCAN_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/sys.h"
#include "lib/util.h"

struct scan_log {
        int crashes;     /* lines that tell of one and of when */
        int64_t last;    /* seconds of the epoch of the last of them, 0: none */
        int undated;     /* further lines, that carry no time we can read */
        int64_t written; /* when the file was written last: not before the last of those */
};

/* Does LINE tell of a crash: "crash", "Segmentation fault" or a signal that ends a program, before
 * any path in it (a file's name is whoever's made it). *WHEN: seconds of the epoch, 0: no time. */
bool scan_log_crash(const char *line, int64_t *when);

/* Seconds of the epoch at the beginning of LINE, as ISO 8601 or as syslog writes it; 0: none. */
int64_t scan_log_time(const char *line);

/* Crashes since SINCE in the log's end: 0, also where there is no log. -errno: it is there and cannot
 * be read, and *OUT is as it was. */
int scan_log_read(const struct sys *sys, int64_t since, struct scan_log *out);

struct scan_unloadable {
        char *path, *line; /* NULL: the log tells of none */
};

/* Does LINE tell that a signature file of ClamAV's (any of its types) below DIR could not be loaded,
 * before any path in it? *PATH: which, malloc'ed. */
bool scan_log_unloadable(const char *line, const char *dir, char **path);

/* The last such file below SignatureDir that is there, a regular file, and was not written since.
 * 0 or -errno as scan_log_read(). */
int scan_unloadable_read(const struct sys *sys, struct scan_unloadable *out);
void scan_unloadable_free(struct scan_unloadable *u);
#define _cleanup_scan_unloadable_ _cleanup_(scan_unloadable_free)

#endif
