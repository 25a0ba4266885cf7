/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vendor's package, looked at from outside to inside. */
#include "installer/vendor.h"

#include <errno.h>

#include "lib/i18n.h"
#include "lib/util.h"

int vendor_open(const struct sys *sys, const char *file, struct vendor *out, char **why)
{
        int r = vendor_copy(sys, file, out, why);
        if (r == 0)
                r = out->kind == PACKAGES_DPKG ? vendor_shape_deb(out, why)
                                               : vendor_shape_rpm(out, why);
        if (r < 0 && !out->advice)
                out->advice = xstrdup(_("download the connector's package again from the console"));
        if (r == 0)
                r = vendor_verify(sys, out, why);
        if (r == 0)
                r = vendor_fields(sys, out, why);
        return r < 0 ? r : vendor_fits(sys, out, why);
}
