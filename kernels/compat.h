/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-compat.conf: which connector runs on which kernels. The file's own comment explains its
 * keys. Rows shipped with secep are in the program; the operator's file is merged over them. */
#ifndef SECEP_KERNELS_COMPAT_H
#define SECEP_KERNELS_COMPAT_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/keyfile.h"
#include "lib/sys.h"

#define COMPAT_PATH "/etc/secep/kernel-compat.conf"

struct compat_row {
        char *name; /* its section */
        char *distribution;
        char *major, *flavour, *kernel, *connector; /* NULL: any */
};

struct compat {
        struct compat_row *rows;
        size_t n;
};

/* Adds the rows of TEXT, strictly: an unknown or repeated key, a range that is none, a row without
 * Distribution are -EBADMSG with *WHY "NAME:LINE: ...". A section already there is replaced. */
int compat_parse(struct compat *compat, const char *name, const char *text, size_t len, char **why);
/* The shipped rows and the operator's. 0, or -errno with *WHY. */
int compat_load(const struct sys *sys, struct compat *out, char **why);
void compat_free(struct compat *compat);
#define _cleanup_compat_ _cleanup_(compat_free)

enum compat_answer {
        COMPAT_NO_ROW, /* the table does not know this distribution and flavour */
        COMPAT_FITS,
        COMPAT_TOO_NEW, /* the kernel, for this connector */
        COMPAT_TOO_OLD,
};
/* CONNECTOR NULL: not known, so that only the kernel is judged. *ROW (may be NULL): the row that
 * decided, owned by COMPAT; NULL with COMPAT_NO_ROW. */
enum compat_answer compat_judge(const struct compat *compat, const struct keyfile *os,
                                const char *release, const char *connector,
                                const struct compat_row **row);

#endif
