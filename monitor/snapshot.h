/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /run/secep/faults.json: how things stand now, replaced whole after each look. While the daemon lives
 * it holds a lock on /run/secep/monitor.lock, so that a reader can tell an old file from a quiet one. */
#ifndef SECEP_MONITOR_SNAPSHOT_H
#define SECEP_MONITOR_SNAPSHOT_H

struct monitor;
struct sys;

#define RUN_DIR "/run/secep"
#define SNAPSHOT RUN_DIR "/faults.json"
#define MONITOR_LOCK RUN_DIR "/monitor.lock"

/* 0 or -errno with *WHY. */
int snapshot_write(struct monitor *m, char **why);

/* Holds the lock until the fd is closed. The fd, -EAGAIN (another daemon has it), or -errno. */
int monitor_lock(const struct sys *sys);

/* Replaces PATH in /run, where no crash of the machine leaves anything: without fsync. */
int run_replace(const struct sys *sys, const char *dir, const char *name, const char *text,
                char **why);

#endif
