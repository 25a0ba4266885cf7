/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one reader of run logs (lib/runlog.h): record by record, never a whole file in memory, so that
 * the length of a run is no limit. The files of a run are read in order; a torn last line of the
 * last one is dropped. */
#ifndef SECEP_LIB_RUNLOG_READ_H
#define SECEP_LIB_RUNLOG_READ_H

#include "lib/runlog.h"

/* Where a record stands, to read it once more. */
struct runlog_place {
        unsigned file; /* 1: ID.jsonl, 2: ID.2.jsonl, ... */
        unsigned line; /* from 1 */
        off_t at;      /* bytes from the start of that file */
        size_t len;    /* bytes, without the end of line */
};

struct runlog_reader;

/* Opens the log of run ID. -ENOENT: no such run; -EINVAL: an id with characters other than
 * [0-9A-Za-z-], or no regular file; otherwise -errno. *WHY names the file. */
int runlog_open(const struct sys *sys, const char *id, struct runlog_reader **out, char **why);
void runlog_reader_close(struct runlog_reader *reader);
static inline void cleanup_runlog_reader(struct runlog_reader **reader)
{
        runlog_reader_close(*reader);
}
#define _cleanup_runlog_reader_ _cleanup_(cleanup_runlog_reader)

/* The next record, an object with an "event": 1 with *RECORD (caller: json_decref) and *PLACE (may
 * be NULL); 0 at the end; -EBADMSG with *WHY "FILE:LINE: ..." for what is no record. */
int runlog_next(struct runlog_reader *reader, json_t **record, struct runlog_place *place,
                char **why);
/* The record at PLACE, as runlog_next() gave it: 0 or -errno with *WHY. */
int runlog_at(struct runlog_reader *reader, const struct runlog_place *place, json_t **record,
              char **why);
/* "FILE:LINE" of PLACE, malloc'ed. */
char *runlog_place_name(const struct runlog_reader *reader, const struct runlog_place *place);

/* When run ID was begun (seconds since 1970), from its first record alone; 0: not known. */
int runlog_time(const struct sys *sys, const char *id, time_t *out, char **why);
/* Bytes of all files of run ID, or -errno. */
int64_t runlog_size(const struct sys *sys, const char *id);

#endif
