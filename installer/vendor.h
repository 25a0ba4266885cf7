/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vendor's package as a file: copied where only root can change it, so that what was checked is
 * what is installed; then its shape, its signature, and whether it is the connector for this host.
 * Nothing of the host but the copy is changed. */
#ifndef SECEP_INSTALLER_VENDOR_H
#define SECEP_INSTALLER_VENDOR_H

#include <stdint.h>
#include "lib/util.h"
#include "packages/packages.h"

#define VENDOR_DIR "/var/lib/secep/vendor"          /* 0700 */
#define VENDOR_MAX ((off_t)512 * 1024 * 1024)       /* bytes; the connector's are below 100 MiB */
#define VENDOR_KEY_FILE "/etc/secep/vendor-key.gpg" /* unless VendorKeyFile= names another */

/* A part of the file. */
struct piece {
        off_t at, length;
};

/* What a signature in the package covers: the pieces one after another. */
struct vendor_signed {
        struct piece signature; /* length 0: it carries none; at 0: nor an empty one */
        struct piece pieces[3];
        size_t n;
};

struct vendor {
        enum package_kind kind;
        int fd;     /* of the copy */
        char *path; /* of the copy */
        struct vendor_signed covered;
        char *name, *version, *arch, *needs; /* needs: Depends of a .deb, "" of a .rpm */
        char *warning;                       /* a sentence, or NULL */
        char *advice;                        /* of a refusal: what to do about it */
};
#define VENDOR_INIT                                                                                \
        {                                                                                          \
                .fd = -1                                                                           \
        }

/* All of it, in this order: copy, shape, signature, fields, host. 0, or -errno with *WHY one sentence
 * and out->advice what to do (*OUT is always to be freed): -EINVAL not a package file, -EFBIG,
 * -EBADMSG cut off or damaged, -ENOKEY no key is configured or the package is not signed, -EKEYREJECTED
 * the signature, -EMEDIUMTYPE not the connector, not for this distribution or architecture. */
int vendor_open(const struct sys *sys, const char *file, struct vendor *out, char **why);
void vendor_free(struct vendor *v);
#define _cleanup_vendor_ _cleanup_(vendor_free)

/* The steps of it, for vendor.c. */
int vendor_copy(const struct sys *sys, const char *file, struct vendor *v, char **why);
int vendor_shape_deb(struct vendor *v, char **why);
int vendor_shape_rpm(struct vendor *v, char **why);
int vendor_verify(const struct sys *sys, struct vendor *v, char **why);
int vendor_fields(const struct sys *sys, struct vendor *v, char **why);
int vendor_fits(const struct sys *sys, struct vendor *v, char **why);

/* fail() with the advice set too, unless there is one. */
int vendor_refuse(struct vendor *v, char **why, int r, const char *advice, const char *fmt, ...)
        PRINTF(5, 6);

/* What gpgv(1) said on its status lines. Pure. */
struct vendor_verdict {
        char *fingerprint; /* of the primary key of a signature that is good; NULL: none is */
        char *other_key;   /* the key that is not to be had, or NULL */
        bool bad, revoked, signature_expired;
        unsigned int signatures;   /* so many there are, good or not */
        int64_t made, key_expired; /* seconds of the epoch; key_expired 0: it has not */
};
void vendor_verdict_parse(const char *status, struct vendor_verdict *out);
void vendor_verdict_free(struct vendor_verdict *verdict);

#endif
