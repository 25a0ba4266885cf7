/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 (FIPS 180-4): keys of the build cache, sums of package files. */
#ifndef SECEP_LIB_SHA256_H
#define SECEP_LIB_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
        uint32_t state[8];
        uint64_t length;
        unsigned char block[64];
};

void sha256_init(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *data, size_t len);
/* A length before the bytes, so that two fields never run into each other. */
void sha256_field(struct sha256 *h, const void *data, size_t len);
void sha256_text(struct sha256 *h, const char *s);
/* The digest as 64 hexadecimal digits. */
void sha256_end(struct sha256 *h, char hex[65]);

#endif
