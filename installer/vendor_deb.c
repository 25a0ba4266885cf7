/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A .deb: an ar archive. debsig's signature is its member _gpgorigin and covers the other three, one
 * after another. */
#include <errno.h>

#include "installer/vendor.h"
#include "lib/i18n.h"
#include "lib/util.h"

#define AR_HEADER 60
#define FIRST_MEMBER 8

static const char *const wanted[] = { "debian-binary", "control.tar", "data.tar" };

/* deb_check() found every header sound. A member too many could be one that dpkg unpacks and the
 * signature does not cover. */
static int add_member(struct vendor *v, const char *header, struct piece piece, char **why)
{
        _cleanup_free_ char *name = xstrndup(header, 16);
        name[strcspn(name, " /")] = '\0';
        if (streq(name, "_gpgorigin") && v->covered.signature.at == 0)
                v->covered.signature = piece;
        else if (streq(name, "_gpgorigin"))
                return fail(why, -EBADMSG, "the package has more than one signature");
        else if (piece.length == 0)
                return fail(why, -EBADMSG, "the package has an empty part %s", name);
        else if (v->covered.n < ARRAY_SIZE(wanted) && startswith(name, wanted[v->covered.n]))
                v->covered.pieces[v->covered.n++] = piece;
        else if (!startswith(name, "_gpg"))
                return fail(why, -EBADMSG,
                            "the package has a part %s that a connector's package does not have",
                            name);
        return 0;
}

int vendor_shape_deb(struct vendor *v, char **why)
{
        char header[AR_HEADER];
        struct stat st;
        int r = deb_check(v->fd, _("the package"), why);
        if (r < 0 || fstat(v->fd, &st) < 0)
                return r < 0 ? r : -errno;
        for (off_t at = FIRST_MEMBER; r == 0 && at < st.st_size;) {
                if (pread(v->fd, header, AR_HEADER, at) != AR_HEADER)
                        return fail(why, -EBADMSG, "the package is cut off");
                _cleanup_free_ char *digits = xstrndup(header + 48, 10);
                long size = 0;
                digits[strcspn(digits, " ")] = '\0';
                if (parse_long(digits, 0, INT32_MAX, &size) < 0)
                        return fail(why, -EBADMSG, "the package is damaged");
                r = add_member(v, header, (struct piece){ at + AR_HEADER, size }, why);
                at += AR_HEADER + size + (size & 1);
        }
        return r;
}
