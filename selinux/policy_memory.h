/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy file in memory, and the one that libsepol has read. For this room. */
#ifndef SECEP_SELINUX_POLICY_MEMORY_H
#define SECEP_SELINUX_POLICY_MEMORY_H

#include <sys/stat.h>

#include "lib/sys.h"
#include "selinux/policy_shadows.h"
#include "selinux/secep_selinux.h"

struct policy_image {
        unsigned char *bytes;
        size_t len;
        struct stat st; /* of the file */
        bool lasts;     /* the same inode and times: the same policy. What the kernel gives changes
                           without a trace there */
};

/* The file PATH of the root, a regular one of at most 64 MiB. 0, or -errno with *WHY (*OUT untouched). */
int policy_image_read(const struct sys *sys, const char *path, struct policy_image *out,
                      char **why);
void policy_image_free(struct policy_image *image);
#define _cleanup_policy_image_ _cleanup_(policy_image_free)

/* libsepol reads IMAGE, unless it is what it read last; with the shadows of CLASS (policy_shadows.h), which
 * HEAD found in it. 0, or -EBADMSG: it cannot. */
int policy_memory_load(const struct policy_image *image, const struct policy_head *head,
                       const struct head_class *class);

/* The shadows of CLASS, none where no boolean decides about it; IMAGE is read for them unless it is what was
 * read last. 0 with *OUT (on loan until the next load), -EBADMSG, or -E2BIG. */
int policy_memory_shadows(const struct policy_image *image, const struct policy_head *head,
                          const struct head_class *class, const struct policy_shadows **out);

#endif
