/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One policy in memory that also answers for each boolean turned over. libsepol's shared library has one
 * policy at a time, takes seconds of a small machine to read one, and turns no boolean of it. So a copy
 * of it gets, for each boolean that decides about a class, a class more: called after the boolean's place,
 * with the same permissions and constraints, and with the rules that would hold with that boolean turned
 * over. What is asked about that class is answered by libsepol itself, attributes, constraints and bounds
 * included; what was there before answers as before. */
#ifndef SECEP_SELINUX_POLICY_SHADOWS_H
#define SECEP_SELINUX_POLICY_SHADOWS_H

#include "selinux/policy_conditions.h"
#include "selinux/policy_head.h"

#define SHADOWS_MAX 16
#define SHADOW_NAME 16

struct policy_shadow {
        char *boolean;
        bool on; /* the boolean, in the policy */
};

struct policy_shadows {
        struct policy_shadow items[SHADOWS_MAX];
        size_t n;
        bool more; /* booleans that decide about the class than have a shadow */
};

/* The policy of C, of which HEAD and CLASS were read, with the shadows of CLASS: *IMAGE (malloc'ed, to
 * be freed) of *LEN bytes, and *OUT. 0; -ENOENT: no boolean decides about it; -E2BIG: more rules or
 * classes than any policy has. */
int policy_shadows_make(const struct policy_conditions *c, const struct policy_head *head,
                        const struct head_class *class, unsigned char **image, size_t *len,
                        struct policy_shadows *out);
/* The class of shadow I, less than SHADOWS_MAX. */
void policy_shadow_name(size_t i, char name[static SHADOW_NAME]);
void policy_shadows_free(struct policy_shadows *shadows);

#endif
