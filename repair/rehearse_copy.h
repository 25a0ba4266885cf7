/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The throw-away copy: overlays over the mounted local file systems, changes kept in memory. */
#ifndef SECEP_REPAIR_REHEARSE_COPY_H
#define SECEP_REPAIR_REHEARSE_COPY_H

#include <stddef.h>

struct layer {
        char *mountpoint;       /* inside the root: "/", "/var" */
        int lower_fd, upper_fd; /* what was there, and what was written over it */
};

struct copy {
        const char *scratch; /* where a tmpfs of ours holds what is written */
        struct layer *layers;
        size_t n;
        char **notes; /* file systems that are there read-only, NULL-terminated */
};

/* In a new mount and pid namespace: makes the copy of ROOT and moves into it ("/"), or mounts it
 * over ROOT. 0, or -errno with *WHY naming the file system that could not be a lower layer. */
int copy_make(const char *root, struct copy *out, char **why);

#endif
