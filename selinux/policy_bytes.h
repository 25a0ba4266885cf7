/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The little-endian words of a binary policy in memory, any bytes of which may be wrong. For this room. */
#ifndef SECEP_SELINUX_POLICY_BYTES_H
#define SECEP_SELINUX_POLICY_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct policy_bytes {
        const unsigned char *image;
        size_t len, at;
        bool bad; /* sticky: every later read gives 0 */
};

/* Goes past the next N; where they begin. */
static inline size_t bytes_take(struct policy_bytes *b, uint64_t n)
{
        size_t at = b->at;
        if (b->bad || n > b->len - at) {
                b->bad = true;
                return 0;
        }
        b->at += (size_t)n;
        return at;
}

static inline uint32_t bytes_u32(struct policy_bytes *b)
{
        uint32_t v;
        size_t at = bytes_take(b, sizeof(v));
        if (b->bad)
                return 0;
        memcpy(&v, b->image + at, sizeof(v));
        return le32toh(v);
}

static inline uint16_t bytes_u16(struct policy_bytes *b)
{
        uint16_t v;
        size_t at = bytes_take(b, sizeof(v));
        if (b->bad)
                return 0;
        memcpy(&v, b->image + at, sizeof(v));
        return le16toh(v);
}

#endif
