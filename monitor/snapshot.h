/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /run/secep/faults.json: how things stand now, replaced whole after each look. While the daemon lives
 * it holds a lock on /run/secep/monitor.lock, so that a reader can tell an old file from a quiet one. */
#ifndef SECEP_MONITOR_SNAPSHOT_H
#define SECEP_MONITOR_SNAPSHOT_H

#include "repair/wait.h"

struct monitor;
struct sys;

/* Where, says repair/wait.h, the reader. */
#define RUN_DIR MONITOR_RUN_DIR

/* 0 or -errno with *WHY. */
int snapshot_write(struct monitor *m, char **why);

/* Holds the lock until this process ends or closes the fd, or any other of the same file; its children
 * do not hold it. The fd, -EAGAIN (another daemon has it), or -errno. */
int monitor_lock(const struct sys *sys);

/* Replaces PATH in /run, where no crash of the machine leaves anything: without fsync. */
int run_replace(const struct sys *sys, const char *dir, const char *name, const char *text,
                char **why);

#endif
