/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a run log and their limits: what writer and reader must agree on. */
#ifndef SECEP_LIB_RUNLOG_FILES_H
#define SECEP_LIB_RUNLOG_FILES_H

#include "lib/sys.h"

#define RUNLOG_ENDING ".jsonl"
/* Bytes of a file before the next record begins a new one: a run of 50,000 steps fits into one. The
 * reader takes longer ones too, earlier versions wrote them. */
#define RUNLOG_FILE_MAX ((size_t)16 << 20)
/* Bytes of a record: a command line (2 MiB at most, two bytes each where they must be escaped). */
#define RUNLOG_RECORD_MAX ((size_t)4 << 20)

/* 1 to 64 of [0-9A-Za-z-]. */
bool runlog_id_is_valid(const char *id);
/* RUNLOG_DIR/ID.jsonl for 1, RUNLOG_DIR/ID.NUMBER.jsonl above; malloc'ed. */
char *runlog_file_path(const char *id, unsigned number);
/* Opens a file of a log with FLAGS: an fd, or -errno; -EINVAL for what is no regular file, which is
 * never waited for. */
int runlog_file_open(const struct sys *sys, const char *path, int flags);
/* How many files the log of run ID has: 0 where there is none; -errno. */
int runlog_file_count(const struct sys *sys, const char *id);

#endif
