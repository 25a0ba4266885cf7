/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Removing: one librpm transaction of exactly the packages named. */
#include <errno.h>
#include <rpm/rpmdb.h>

#include "lib/i18n.h"
#include "lib/util.h"
#include "packages/rpm_db.h"

#define KEPT _("nothing is removed")

static int erase(const struct sys *sys, rpmts ts, Header h)
{
        int r = rpmtsAddEraseElement(ts, h, -1);
        return r != 0 && rpm_without_plugins(sys, ts) ? rpmtsAddEraseElement(ts, h, -1) : r;
}

/* "name-version-release" as a simulation listed it. How many there are, or -errno. */
static int mark(const struct sys *sys, rpmts ts, const char *nevr, char **why)
{
        int marked = 0;
        rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_LABEL, nevr, 0);
        for (Header h; marked >= 0 && mi && (h = rpmdbNextIterator(mi));) {
                _cleanup_free_ char *lock = rpm_held_by(sys, h);
                if (lock)
                        marked = fail(why, -ENOTUNIQ, "%s is locked by %s: nothing is removed",
                                      nevr, lock);
                else if (erase(sys, ts, h) == 0)
                        marked++;
                else
                        marked = fail(why, -EIO, "rpm does not take %s: %s", nevr,
                                      rpm_said() ? rpm_said() : _("it does not say why"));
        }
        rpmdbFreeIterator(mi);
        return marked;
}

/* The database has the last word. */
static int all_gone(char *const *names, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        int r = rpm_open(&ts, why);
        for (; r == 0 && *names; names++) {
                rpmdbMatchIterator mi = rpmtsInitIterator(ts, RPMDBI_LABEL, *names, 0);
                if (mi && rpmdbNextIterator(mi))
                        r = fail(why, -EIO, "%s is still there", *names);
                rpmdbFreeIterator(mi);
        }
        return r;
}

int rpm_remove(const struct sys *sys, const struct package_request *request,
               struct package_result *out, char **why)
{
        _cleanup_ts_ rpmts ts = NULL;
        int marked = 0, r = rpm_wait_lock(sys, request, out, why);
        if (r == 0)
                r = rpm_open(&ts, why);
        if (r < 0)
                return r;
        for (char *const *n = request->names; *n; n++) {
                r = mark(sys, ts, *n, why);
                if (r < 0)
                        return r;
                marked += r;
        }
        if (marked == 0)
                return 0;
        rpmtsCheck(ts);
        r = rpm_problems(ts, -ENOTUNIQ, KEPT, NULL, why);
        if (r < 0)
                return r;
        rpmtsOrder(ts);
        rpmtsClean(ts);
        if (rpmtsRun(ts, NULL, RPMPROB_FILTER_NONE) != 0) {
                r = rpm_problems(ts, -EIO, KEPT, NULL, why);
                return r < 0 ? r : fail(why, -EIO, "rpm did not remove the packages");
        }
        return all_gone(request->names, why);
}
