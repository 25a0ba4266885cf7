/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who owns a file, by rpm's database. */
#include <errno.h>
#include <rpm/rpmdb.h>
#include <rpm/header.h>

#include "lib/util.h"
#include "packages/rpm_db.h"

int rpm_owner(const struct sys *sys, const struct package_request *request,
              struct package_result *out, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        (void)sys;
        int r = rpm_open(&ts, why);
        for (char *const *path = request->names; r == 0 && path && *path; path++) {
                rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_INSTFILENAMES, *path, 0);
                Header h = mi ? rpmdbNextIterator(mi) : NULL;
                _cleanup_free_ char *evr = h ? rpm_evr(h) : NULL;
                if (h)
                        package_result_add(out, headerGetString(h, RPMTAG_NAME), evr, NULL);
                rpmdbFreeIterator(mi);
                if (h)
                        return 0;
        }
        return r;
}
