/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the scan process failed or was started anew: core dumps, audit records, the monitor's
 * history. */
#ifndef SECEP_CONNECTOR_CRASHES_H
#define SECEP_CONNECTOR_CRASHES_H

#include <stddef.h>
#include <stdint.h>
#include "host/process.h"
#include "lib/util.h"

/* One line a start, kept by the monitor: "EPOCH PID START DAEMON-PID DAEMON-START", the starts in
 * milliseconds after boot. */
#define SCAN_HISTORY "/var/lib/secep/monitor/scan-starts"
#define SECEP_CRASHES_MAX 256

struct crash_seen {
        int64_t when; /* seconds of the epoch */
        int pid;
        const char *source; /* "core dump", "audit record", "journal entry" */
        uid_t uid;          /* real, of the initial user namespace */
};

struct crashes {
        struct crash_seen seen[SECEP_CRASHES_MAX]; /* oldest first, one for each pid */
        size_t n;
};

/* Only processes of root or of the scan account count: anybody may name a program of his own alike.
 * Crashes of PROGRAM since SINCE (epoch): files of /var/lib/systemd/coredump and the end of
 * /var/log/audit/audit.log. 0, or the first -errno with *UNREAD (static) naming
 * what is there and cannot be read: the others are read all the same. */
int crashes_read(const struct sys *sys, const char *program, int64_t since, struct crashes *out,
                 const char **unread);
/* Those that systemd-coredump's journal entries tell and OUT does not have yet: a service without a
 * core limit leaves no core file, but an entry all the same. Opens a plug-in. 0, also without
 * systemd, or -errno: what was read is in OUT all the same. */
int crashes_read_journal(const struct sys *sys, const char *program, int64_t since,
                         struct crashes *out);
/* Calls FOUND for each of the journal's entries of such a crash, oldest first. 0 or -errno. */
struct crash;
int crashes_ask_journal(const struct sys *sys, const char *program, int64_t since,
                        void (*found)(void *, const struct crash *), void *data);
size_t crashes_since(const struct crashes *crashes, int64_t since);

/* "core.NAME.UID.BOOT.PID.MICROSECONDS[.zst]": 0, or -EBADMSG, also for another NAME. */
int crash_parse_core(const char *file, const char *name, struct crash_seen *out);
/* An ANOM_ABEND record of program PROGRAM: 0 or -EBADMSG. */
int crash_parse_audit(const char *line, const char *program, struct crash_seen *out);

/* Late starts of scan processes in the monitor's history since SINCE: those that came with their
 * daemon (within its first minute) are not among them. */
struct scan_starts {
        int count;    /* under the daemon that runs now */
        int64_t last; /* seconds of the epoch, under any daemon; 0: none */
};
/* 0, or -ENOENT: no history. */
int scan_starts_read(const struct sys *sys, const struct process *daemon, int64_t since,
                     struct scan_starts *out);
/* The same on its text. */
void scan_starts_parse(const char *text, const struct process *daemon, int64_t since,
                       struct scan_starts *out);

/* The file a crashed process most likely was scanning: the first in COREDUMP_OPEN_FDS's text that
 * was opened for reading only and is no directory, device, log, library or file of the connector's.
 * malloc'ed, or NULL. */
char *crash_file(const char *open_files);

#endif
