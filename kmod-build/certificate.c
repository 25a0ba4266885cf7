/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two things wanted of an X.509 certificate, found by their DER encoding: both are unique in
 * it.
 */
#include <ctype.h>
#include <errno.h>
#include <time.h>

#include "kmod-build/sign.h"

#define UTC_TIME 0x17
#define GENERALIZED_TIME 0x18
#define DAY 86400

/* extension subjectKeyIdentifier (2.5.29.14): OCTET STRING of an OCTET STRING */
static char *key_id_of(const unsigned char *der, size_t len)
{
        static const unsigned char oid[] = { 0x06, 0x03, 0x55, 0x1d, 0x0e, 0x04 };
        for (size_t i = 0; i + sizeof(oid) + 3 < len; i++) {
                const unsigned char *p = der + i;
                if (memcmp(p, oid, sizeof(oid)) != 0 || p[7] != 0x04)
                        continue;
                size_t n = p[8];
                if (n == 0 || n > 64 || p[6] != n + 2 || i + 9 + n > len)
                        return NULL;
                char *hex = xcalloc(2 * n + 1, 1);
                for (size_t k = 0; k < n; k++)
                        snprintf(hex + 2 * k, 3, "%02x", p[9 + k]);
                return hex;
        }
        return NULL;
}

/* "YYMMDDHHMMSSZ" or "YYYYMMDDHHMMSSZ"; 0: neither. */
static time_t time_of(const unsigned char *p, size_t n)
{
        int field[7];
        const size_t year = n == 15 ? 4 : 2;
        if ((n != 13 && n != 15) || p[n - 1] != 'Z')
                return 0;
        for (size_t i = 0; i + 1 < n; i++)
                if (!isdigit(p[i]))
                        return 0;
        field[0] = 0;
        for (size_t i = 0; i < year; i++)
                field[0] = field[0] * 10 + p[i] - '0';
        for (size_t i = 0; i < 5; i++)
                field[i + 1] = (p[year + 2 * i] - '0') * 10 + p[year + 2 * i + 1] - '0';
        if (n == 13)
                field[0] += field[0] < 50 ? 2000 : 1900;
        struct tm tm = { .tm_year = field[0] - 1900,
                         .tm_mon = field[1] - 1,
                         .tm_mday = field[2],
                         .tm_hour = field[3],
                         .tm_min = field[4],
                         .tm_sec = field[5] };
        return timegm(&tm);
}

/* Validity: two times, one after the other; the second is the end. */
static time_t end_of(const unsigned char *der, size_t len)
{
        time_t first = 0;
        size_t next = 0;
        for (size_t i = 0; i + 2 < len; i++) {
                if (der[i] != UTC_TIME && der[i] != GENERALIZED_TIME)
                        continue;
                size_t n = der[i + 1];
                time_t t = n > len - i - 2 ? 0 : time_of(der + i + 2, n);
                if (t == 0)
                        continue;
                if (first && i == next)
                        return t;
                first = t;
                next = i + 2 + n;
                i = next - 1;
        }
        return 0;
}

int certificate_read(const unsigned char *der, size_t len, char **key_id, long *days_left)
{
        if (len < 4 || der[0] != 0x30)
                return -EBADMSG;
        _cleanup_free_ char *id = key_id_of(der, len);
        time_t end = end_of(der, len), now = time(NULL);
        if (!id || end == 0)
                return -EBADMSG;
        *days_left = end < now ? -1 : (long)((end - now) / DAY);
        *key_id = TAKE_PTR(id);
        return 0;
}
