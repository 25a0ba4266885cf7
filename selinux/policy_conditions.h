/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conditional rules of a binary kernel policy, which libsepol's shared library does not tell of:
 * which booleans decide about rules of one class, and the policy as it were with one of them turned
 * over. Layout: the kernel's security/selinux/ss/{policydb,avtab,conditional}.c. */
#ifndef SECEP_SELINUX_POLICY_CONDITIONS_H
#define SECEP_SELINUX_POLICY_CONDITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct policy_boolean {
        char *name; /* NULL: no boolean has this number */
        bool on;
        bool counts;     /* a rule of the class that does not hold now depends on it */
        size_t state_at; /* where its state stands in the image */
};

/* One condition with rules of the class: where its parts stand in the image. */
struct policy_condition {
        size_t state_at, expr_at, rules_at[2]; /* [0]: of the condition met, [1]: not met */
        uint32_t n_expr, n_rules[2];
};

struct policy_conditions {
        unsigned char *image; /* on loan, and written by policy_boolean_turn() */
        size_t len;
        struct policy_boolean *booleans; /* [number by which conditions name it - 1] */
        size_t n_booleans;
        struct policy_condition *conditions;
        size_t n_conditions;
};

/* Reads the policy IMAGE of LEN bytes from AFTER_TYPES on (policy_head_read() gives it, VERSION and
 * CLASS, the number of the class). 0, or -EBADMSG: torn (*OUT untouched). */
int policy_conditions_read(unsigned char *image, size_t len, size_t after_types, uint32_t version,
                           uint32_t class, struct policy_conditions *out);
void policy_conditions_free(struct policy_conditions *c);
#define _cleanup_policy_conditions_ _cleanup_(policy_conditions_free)

/* Turns B over in the image, with the rules of the class that depend on it. Again: as it was. */
void policy_boolean_turn(struct policy_conditions *c, struct policy_boolean *b);

#endif
