/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plug-in secep-digest.so offers: MD5 by libcrypto, which costs every start 1.5 ms when
 * linked, and is needed only where signature files are to be judged. The kernel's AF_ALG is
 * switched off on too many hosts to lean on. Symbol: secep_digest. */
#ifndef SECEP_CONNECTOR_DIGEST_H
#define SECEP_CONNECTOR_DIGEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MD5_HEX_LENGTH 32

struct digest_limit {
        int64_t until;         /* now_ms() value */
        bool (*stopped)(void); /* the program's stop_asked() */
};

struct digest_api {
        /* MD5 of FD from offset FROM to its end, as lower-case hex. 0, -EOPNOTSUPP with *WHY: the
         * library refuses MD5 (FIPS), -ETIMEDOUT or -EINTR with *WHY: LIMIT ended it, or -errno
         * with *WHY. */
        int (*md5)(int fd, off_t from, const struct digest_limit *limit,
                   char out[MD5_HEX_LENGTH + 1], char **why);
};

#endif
