/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which process executes what, as one walk of /proc finds it: a system call a process. */
#ifndef SECEP_HOST_PROCESS_VIEW_H
#define SECEP_HOST_PROCESS_VIEW_H

#include <stddef.h>

#include "lib/sys.h"

struct process_entry {
        char pid[12];
        char *program; /* its path, perhaps with " (deleted)"; NULL: hidden from us */
};

struct process_view {
        struct process_entry *all;
        size_t n;
};

/* Walks /proc of SYS. 0 with *OUT, or -errno. A process without a program (the kernel's own) and one
 * that is gone by then are left out. */
int process_view_read(const struct sys *sys, struct process_view *out);
void process_view_free(struct process_view *view);
#define _cleanup_process_view_ _cleanup_(process_view_free)

/* From here until process_drop() what process_find() says is of this one walk of /proc: a look asks for
 * the same few programs again and again, and a host may have thousands of processes. For looks alone:
 * who waits for a process to come must not hold. A process that is gone since is passed over. */
void process_hold(void);
void process_drop(void);
/* The walk that is held, made when it is first asked for, or one of its own in *OWN, which the caller
 * frees. 0 with *OUT, or -errno. */
int process_view_now(const struct sys *sys, struct process_view *own,
                     const struct process_view **out);

#endif
