/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signature files (*.cvd, ClamAV's format): a header of 512 bytes, fields between colons, the MD5
 * of all that follows among them, and a digital signature of that MD5. */
#ifndef SECEP_CONNECTOR_SIGNATURES_H
#define SECEP_CONNECTOR_SIGNATURES_H

#include <stddef.h>
#include "connector/digest.h"
#include "lib/sys.h"
#include "lib/util.h"

#define CVD_HEADER_SIZE 512
#define CVD_SIZE_MAX ((off_t)1 << 30) /* the largest official one is below 200 MB */

struct cvd_header {
        char built[64];
        long version, count, level;
        char md5[MD5_HEX_LENGTH + 1];
};

/* Parses the first LEN bytes of a file. 0, or -EBADMSG with *WHY: what is wrong with them. */
int cvd_parse(const char *head, size_t len, struct cvd_header *out, char **why);

enum signature_state {
        SIGNATURE_GOOD,    /* header and size are well; in depth MD5 too */
        SIGNATURE_BAD,     /* one of them is not; `wrong` tells */
        SIGNATURE_UNKNOWN, /* it cannot be read, or its MD5 not computed; `wrong` tells */
};

/* What libclamav says of the digital signature. */
enum signature_proof { PROOF_NONE, PROOF_VERIFIED, PROOF_BAD };

struct signature {
        char *path;
        enum signature_state state;
        char *wrong; /* one clause for a person, or NULL */
        struct stat st;
        struct cvd_header header;
        char md5[MD5_HEX_LENGTH + 1]; /* found; "" where it was not summed */
        enum signature_proof proof;
};

struct signatures {
        struct signature *files; /* sorted by path */
        size_t n;
        off_t size;         /* of all regular ones */
        bool proof_refused; /* all proofs failed, or libclamav could not be asked; `note` tells */
        char *note;         /* what was not looked at, or NULL */
};

/* Every *.cvd below SignatureDir, no symlink followed, no other file system entered: header and
 * size, and at DEPTH_PROVE MD5 by the digest plug-in and the digital signature by libclamav, in a
 * child without privileges. A bad digital signature counts only where another file in the same
 * folder verifies. 0 (also for no file) or -errno with *WHY. */
int signatures_read(const struct sys *sys, struct signatures *out, char **why);
/* The MD5 of those whose header is well. Opens a plug-in. Ends at sys->deadline, but not before two
 * seconds, which are enough for the whole official set, and at a signal: the rest is
 * SIGNATURE_UNKNOWN. */
void signatures_sum(const struct sys *sys, struct signatures *all);
void signatures_free(struct signatures *s);
#define _cleanup_signatures_ _cleanup_(signatures_free)

/* "INODE:SIZE:MTIME" of a file: the `key` of a step that may move only this very file. */
char *signature_identity(const struct stat *st);

/* What a scan process needs to load signature files of SIZE bytes. ClamAV's published figure is
 * 1.2 GiB for its full set (220 MB): 550 per cent, or SignatureMemoryPercent= of secep.conf. */
int64_t signatures_memory_needed(const struct sys *sys, int64_t size);

#endif
