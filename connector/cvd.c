/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header of a .cvd. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>

#include "connector/signatures.h"

#define MAGIC "ClamAV-VDB"

enum field { FIELD_MAGIC, FIELD_BUILT, FIELD_VERSION, FIELD_COUNT, FIELD_LEVEL, FIELD_MD5, FIELDS };

/* Cuts TEXT at its colons; the number of fields seen. */
static int split(char *text, char *fields[FIELDS])
{
        int n = 0;

        while (text && n < FIELDS) {
                fields[n++] = text;
                text = strchr(text, ':');
                if (text)
                        *text++ = 0;
        }
        return n;
}

static bool is_md5(const char *text)
{
        return strlen(text) == MD5_HEX_LENGTH &&
               strspn(text, "0123456789abcdefABCDEF") == MD5_HEX_LENGTH;
}

static int field_number(const char *text, const char *what, long *out, char **why)
{
        if (parse_long(text, 0, INT_MAX, out) < 0)
                return fail(why, -EBADMSG, "its header has no %s", what);
        return 0;
}

static int numbers(char *const fields[FIELDS], struct cvd_header *out, char **why)
{
        int r = field_number(fields[FIELD_VERSION], "version", &out->version, why);

        if (r == 0)
                r = field_number(fields[FIELD_COUNT], "number of signatures", &out->count, why);
        if (r == 0)
                r = field_number(fields[FIELD_LEVEL], "functionality level", &out->level, why);
        return r;
}

int cvd_parse(const char *head, size_t len, struct cvd_header *out, char **why)
{
        char text[CVD_HEADER_SIZE + 1], *fields[FIELDS];
        struct cvd_header header = { 0 };
        int r;

        if (len < CVD_HEADER_SIZE)
                return fail(why, -EBADMSG, "it is shorter than a header (%zu bytes)", len);
        memcpy(text, head, CVD_HEADER_SIZE);
        text[CVD_HEADER_SIZE] = 0;
        if (memchr(text, 0, CVD_HEADER_SIZE) || split(text, fields) < FIELDS ||
            !streq(fields[FIELD_MAGIC], MAGIC))
                return fail(why, -EBADMSG, "it has no header of a signature file");
        if (!is_md5(fields[FIELD_MD5]))
                return fail(why, -EBADMSG, "its header has no MD5");
        r = numbers(fields, &header, why);
        if (r < 0)
                return r;
        for (size_t i = 0; i < MD5_HEX_LENGTH; i++)
                header.md5[i] = (char)tolower((unsigned char)fields[FIELD_MD5][i]);
        snprintf(header.built, sizeof(header.built), "%s", fields[FIELD_BUILT]);
        *out = header;
        return 0;
}
