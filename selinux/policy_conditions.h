/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of a binary kernel policy about one class, which libsepol's shared library does not tell of:
 * which booleans decide about them, and which hold with one of those turned over. Layout: the kernel's
 * security/selinux/ss/{policydb,avtab,conditional}.c. */
#ifndef SECEP_SELINUX_POLICY_CONDITIONS_H
#define SECEP_SELINUX_POLICY_CONDITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct policy_boolean {
        char *name; /* NULL: no boolean has this number */
        bool on;
        bool counts; /* a rule of the class that does not hold now depends on it */
};

/* An allow rule of the class: the numbers of its types, and its permissions. */
struct policy_rule {
        uint16_t source, target;
        uint32_t allowed;
};

struct policy_rules {
        struct policy_rule *items;
        size_t n;
};

/* One condition with rules of the class. */
struct policy_condition {
        size_t expr_at; /* where its expression stands in the image */
        uint32_t n_expr;
        struct policy_rules rules[2]; /* [0]: of the condition met, [1]: not met */
};

struct policy_conditions {
        const unsigned char *image; /* on loan */
        size_t len;
        struct policy_boolean *booleans; /* [number by which conditions name it - 1] */
        size_t n_booleans;
        struct policy_rules always; /* those that depend on nothing */
        struct policy_condition *conditions;
        size_t n_conditions;
        size_t table, table_end; /* where all rules that depend on nothing stand in the image */
};

/* Reads the policy IMAGE of LEN bytes from AFTER_TYPES on (policy_head_read() gives it, VERSION and
 * CLASS, the number of the class). 0, or -EBADMSG: torn (*OUT untouched). */
int policy_conditions_read(const unsigned char *image, size_t len, size_t after_types,
                           uint32_t version, uint32_t class, struct policy_conditions *out);
void policy_conditions_free(struct policy_conditions *c);
#define _cleanup_policy_conditions_ _cleanup_(policy_conditions_free)

/* The rules of the class that hold with B (NULL: none) turned over, each pair of types once. To be freed:
 * OUT->items. */
void policy_rules_holding(const struct policy_conditions *c, const struct policy_boolean *b,
                          struct policy_rules *out);

#endif
