/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run log: /var/lib/secep/runs/ID.jsonl (mode 0600), one JSON object a line, each on disk
 * (fsync) before runlog_append() returns; a long run goes on in ID.2.jsonl, ID.3.jsonl, ... Beside
 * it the folder ID.files/ keeps whole files that undo needs. lib/runlog_read.h reads it. A torn last line is what a crash leaves and is dropped by the reader; any other line
 * that is no JSON object is corruption.
 *
 * Records ("event"): begin {run, time, argv, version} · intent {step, fault, faults?, kind, target,
 * key, value, undo, daemon?} (fault 0: the run's own step, for those in faults; daemon: repair/owed.h) · done {step, undo?} (what it really did, over the intent's) · failed {step, why,
 * undo?} · settled {step, state} (found at
 * recovery: "done", "not-done", "reverted") · undone {step} · end {exit, owed?} (owed:
 * true, the restart that the run was to end with failed). */
#ifndef SECEP_LIB_RUNLOG_H
#define SECEP_LIB_RUNLOG_H

#include <jansson.h>
#include "lib/sys.h"

#define RUNLOG_DIR "/var/lib/secep/runs"

struct runlog;

/* Starts a new log with its begin record. 0 or -errno with *WHY naming the path. */
int runlog_begin(const struct sys *sys, char *const *argv, struct runlog **out, char **why);
/* Opens the log of run ID to append to it. */
int runlog_reopen(const struct sys *sys, const char *id, struct runlog **out, char **why);
const char *runlog_id(const struct runlog *log);
/* Takes over RECORD. 0 or -errno with *WHY: the record may then be torn, and the run must stop. */
int runlog_append(struct runlog *log, json_t *record, char **why);
void runlog_close(struct runlog *log);
static inline void cleanup_runlog(struct runlog **log)
{
        runlog_close(*log);
}
#define _cleanup_runlog_ _cleanup_(cleanup_runlog)

/* Keeps the bytes of the file PATH (DATA, LEN) for undo: *NAME is what runlog_kept() takes;
 * malloc'ed. On disk when it returns 0. */
int runlog_keep(struct runlog *log, const void *data, size_t len, char **name, char **why);
int runlog_kept(const struct sys *sys, const char *id, const char *name, char **data, size_t *len,
                char **why);

/* Ids of all runs, oldest first, NULL-terminated; empty where there is none. */
int runlog_list(const struct sys *sys, char ***ids, char **why);

#endif
