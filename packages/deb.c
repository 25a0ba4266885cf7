/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a .deb whole? An ar archive: each member's header tells its length, so a file that was cut
 * off shows without unpacking it. */
#include <errno.h>
#include <sys/stat.h>

#include "lib/util.h"
#include "packages/packages.h"

#define AR_MAGIC "!<arch>\n"
#define AR_HEADER 60
#define AR_SIZE_AT 48
#define AR_SIZE_LEN 10

static int member_size(const char *header, off_t *out)
{
        _cleanup_free_ char *digits = xstrndup(header + AR_SIZE_AT, AR_SIZE_LEN);
        digits[strcspn(digits, " ")] = '\0';
        long size;
        if (header[58] != '`' || header[59] != '\n' || parse_long(digits, 0, INT32_MAX, &size) < 0)
                return -EBADMSG;
        *out = size;
        return 0;
}

int deb_check(int fd, const char *name, char **why)
{
        static const char *const wanted[] = { "debian-binary", "control.tar", "data.tar" };
        char header[AR_HEADER];
        struct stat st;
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return fail(why, -EBADMSG, "%s: not a regular file", name);
        if (pread(fd, header, 8, 0) != 8 || memcmp(header, AR_MAGIC, 8) != 0)
                return fail(why, -EBADMSG, "%s: not a Debian package", name);
        size_t seen = 0;
        for (off_t at = 8; at < st.st_size;) {
                off_t size = 0;
                if (pread(fd, header, AR_HEADER, at) != AR_HEADER || member_size(header, &size) < 0)
                        return fail(why, -EBADMSG, "%s: damaged or cut off at byte %lld", name,
                                    (long long)at);
                at += AR_HEADER + size;
                if (at > st.st_size)
                        return fail(why, -EBADMSG, "%s: cut off, %lld bytes are missing", name,
                                    (long long)(at - st.st_size));
                at += at & 1;
                if (seen < ARRAY_SIZE(wanted) && startswith(header, wanted[seen]))
                        seen++;
        }
        if (seen != ARRAY_SIZE(wanted))
                return fail(why, -EBADMSG, "%s: cut off or no Debian package (no %s in it)", name,
                            wanted[seen]);
        return 0;
}
