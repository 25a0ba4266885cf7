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

#endif
