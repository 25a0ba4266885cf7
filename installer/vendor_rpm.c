/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A .rpm: a lead, the signature header, the header proper, the payload. The signature covers the
 * header, which holds the payload's digest. Numbers are big-endian; tags from rpm's rpmtag.h. */
#include <endian.h>
#include <errno.h>

#include "installer/vendor.h"
#include "lib/i18n.h"
#include "lib/util.h"

#define LEAD 96
#define INTRO 16 /* magic, reserved, entries, bytes of data */
#define ENTRY 16 /* tag, type, offset, count */
#define MAX_ENTRIES 0xffff
#define MAX_DATA (256 * 1024 * 1024)
#define TYPE_INT32 4
#define TYPE_INT64 5
#define TYPE_BIN 7
enum { SIG_LONGSIZE = 270, SIG_DSA = 267, SIG_RSA = 268, SIG_SIZE = 1000 };

static const unsigned char header_magic[] = { 0x8e, 0xad, 0xe8, 0x01 };

struct header {
        off_t at;
        uint32_t entries, data;
};

static off_t header_length(const struct header *h)
{
        return INTRO + (off_t)h->entries * ENTRY + h->data;
}

static int cut_off(char **why)
{
        return fail(why, -EBADMSG, "the package is cut off or damaged");
}

static int read_header(int fd, off_t at, struct header *out, char **why)
{
        unsigned char intro[INTRO];
        if (pread(fd, intro, INTRO, at) != INTRO ||
            memcmp(intro, header_magic, sizeof(header_magic)) != 0)
                return cut_off(why);
        memcpy(&out->entries, intro + 8, 4);
        memcpy(&out->data, intro + 12, 4);
        out->at = at;
        out->entries = be32toh(out->entries);
        out->data = be32toh(out->data);
        return out->entries > MAX_ENTRIES || out->data > MAX_DATA ? cut_off(why) : 0;
}

/* What the entry says, of the few tags wanted. -EEXIST: a second signature. */
static int take_entry(struct vendor *v, const struct header *h, const uint32_t entry[4],
                      off_t *size)
{
        uint32_t tag = be32toh(entry[0]), type = be32toh(entry[1]);
        uint32_t offset = be32toh(entry[2]), count = be32toh(entry[3]);
        off_t at = h->at + INTRO + (off_t)h->entries * ENTRY + offset;
        if (offset > h->data)
                return -EBADMSG;
        if ((tag == SIG_RSA || tag == SIG_DSA) && type == TYPE_BIN) {
                if (v->covered.signature.at != 0)
                        return -EEXIST;
                if (count > h->data - offset)
                        return -EBADMSG;
                v->covered.signature = (struct piece){ at, count };
        }
        if (tag == SIG_SIZE && type == TYPE_INT32) {
                uint32_t n;
                if (pread(v->fd, &n, sizeof(n), at) != sizeof(n))
                        return -EBADMSG;
                *size = be32toh(n);
        }
        if (tag == SIG_LONGSIZE && type == TYPE_INT64) {
                uint64_t n;
                if (pread(v->fd, &n, sizeof(n), at) != sizeof(n))
                        return -EBADMSG;
                *size = (off_t)be64toh(n);
        }
        return 0;
}

static int take_signatures(struct vendor *v, const struct header *h, off_t *size, char **why)
{
        for (uint32_t i = 0; i < h->entries; i++) {
                uint32_t entry[4];
                off_t at = h->at + INTRO + (off_t)i * ENTRY;
                int r = pread(v->fd, entry, ENTRY, at) == ENTRY ? take_entry(v, h, entry, size)
                                                                : -EBADMSG;
                if (r == -EEXIST)
                        return fail(why, -EBADMSG, "the package has more than one signature");
                if (r < 0)
                        return cut_off(why);
        }
        return 0;
}

int vendor_shape_rpm(struct vendor *v, char **why)
{
        struct header signatures, header;
        struct stat st;
        off_t size = -1;
        int r = read_header(v->fd, LEAD, &signatures, why);
        if (r == 0)
                r = take_signatures(v, &signatures, &size, why);
        if (r < 0)
                return r;
        off_t begin = LEAD + ((header_length(&signatures) + 7) & ~(off_t)7);
        r = read_header(v->fd, begin, &header, why);
        if (r < 0)
                return r;
        if (fstat(v->fd, &st) < 0 || size < header_length(&header) || begin + size != st.st_size)
                return cut_off(why);
        v->covered.pieces[0] = (struct piece){ begin, header_length(&header) };
        v->covered.n = 1;
        return 0;
}
