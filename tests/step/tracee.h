/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stepper asks of a stopped process. */
#ifndef SECEP_TESTS_STEP_TRACEE_H
#define SECEP_TESTS_STEP_TRACEE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define WATCHED_MOST 128

/* In the child, before exec: stop at the system calls of these numbers, WATCHED_MOST at most. */
void tracee_watch(const long *numbers, size_t n);

/* In the child, before exec: stop at the watched system calls (writes, syncs, renames, mounts). */
void tracee_watch_calls(void);

/* At the entry of a watched call: "rename FROM TO", "write PATH", "mount DIR", ... malloc'ed.
 * *AFTER: is the moment after it a turn of its own? NULL: this call makes no turn (a write or sync
 * of a file that does not belong to secep's own log). */
char *tracee_call(pid_t pid, bool *after);

/* The path at ADDRESS, and that of a descriptor; "?" where it cannot be read. malloc'ed. */
char *tracee_path(pid_t pid, uint64_t address);
char *tracee_fd(pid_t pid, uint64_t fd);

/* The program a process runs, by its last name. malloc'ed. */
char *tracee_name(pid_t pid);

#endif
