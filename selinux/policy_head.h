/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The front of a binary kernel policy: what libsepol's shared library knows and does not tell
 * (permissive domains, how unknown classes are treated), and whether a type and classes are there,
 * which its errors do not distinguish. Layout: the kernel's security/selinux/ss/policydb.c. */
#ifndef SECEP_SELINUX_POLICY_HEAD_H
#define SECEP_SELINUX_POLICY_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A class looked for, with its permissions (NULL-terminated, at most 32). */
struct head_class {
        const char *name;
        const char *const *permissions;
        bool found;
        unsigned missing; /* permissions the class does not have */
        uint32_t value;   /* the number by which rules name it */
        size_t at, end;   /* where it stands in the image */
};

struct policy_head {
        uint32_t version;
        bool mls;
        bool deny_unknown; /* or refuses to load */
        bool type_found;
        bool type_permissive;
        size_t classes, classes_end; /* where the table of classes stands in the image */
        size_t end;                  /* where what follows the types does */
};

/* Reads the policy IMAGE of LEN bytes up to its types: TYPE and CLASSES are looked for. 0, or -EBADMSG:
 * no policy, torn, or newer than known (*OUT untouched). */
int policy_head_read(const unsigned char *image, size_t len, const char *type,
                     struct head_class *classes, size_t n_classes, struct policy_head *out);

#endif
