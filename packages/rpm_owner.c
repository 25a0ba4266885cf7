/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rpm's database says of files and of itself. */
#include <errno.h>
#include <rpm/rpmdb.h>
#include <rpm/header.h>

#include "lib/util.h"
#include "packages/difference.h"
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

int rpm_versions(const struct sys *sys, const struct package_request *request,
                 struct package_result *out, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        (void)sys;
        int r = rpm_open(&ts, why);
        for (char *const *name = request->names; r == 0 && name && *name; name++) {
                rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_LABEL, *name, 0);
                _cleanup_free_ char *newest = NULL;
                for (Header h; mi && (h = rpmdbNextIterator(mi));) {
                        _cleanup_free_ char *evr = rpm_evr(h), *older = NULL;
                        if (newest && rpm_compare(evr, newest) <= 0)
                                continue;
                        older = newest;
                        newest = TAKE_PTR(evr);
                }
                if (newest)
                        package_result_add(out, *name, newest, NULL);
                rpmdbFreeIterator(mi);
        }
        return r;
}

int rpm_entries(struct package_entries *out)
{
        _cleanup_ts_ rpmts ts = NULL;
        int r = rpm_open(&ts, NULL);
        if (r < 0)
                return r;
        rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_PACKAGES, NULL, 0);
        for (Header h; mi && (h = rpmdbNextIterator(mi));) {
                const char *name = headerGetString(h, RPMTAG_NAME);
                const char *arch = headerGetString(h, RPMTAG_ARCH);
                _cleanup_free_ char *evr = rpm_evr(h);
                _cleanup_free_ char *full = xasprintf("%s.%s", name, arch ? arch : "");
                if (arch) /* keys have none */
                        package_entries_add(out, full, evr);
        }
        rpmdbFreeIterator(mi);
        return 0;
}

/* New ones go by name, version and release, as rpm_remove() takes them, the others by their name.
 */
static void name_changes(struct package_result *out)
{
        for (size_t i = 0; i < out->n_changes; i++) {
                struct package_change *c = &out->changes[i];
                char *dot = strrchr(c->name, '.');
                if (dot)
                        *dot = '\0';
                if (c->old)
                        continue;
                char *nevr = xasprintf("%s-%s", c->name, c->version);
                free(c->name);
                c->name = nevr;
        }
}

void rpm_difference(struct package_entries *before, struct package_result *out)
{
        _cleanup_package_entries_ struct package_entries after = { 0 };
        if (rpm_entries(&after) < 0)
                return;
        package_difference(before, &after, out);
        name_changes(out);
}
