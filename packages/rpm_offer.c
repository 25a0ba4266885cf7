/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the repositories offer, beside what is installed. */
#include <errno.h>
#include <fnmatch.h>
#include <rpm/rpmmacro.h>

#include "lib/util.h"
#include "packages/rpm_db.h"
#include "packages/rpm_resolver.h"

static int oldest_first(const void *a, const void *b)
{
        const struct package_change *x = a, *y = b;
        int c = strcmp(x->name, y->name);
        return c ? c : rpm_compare(x->version, y->version);
}

/* 1, 0 or -errno. */
static int is_offer(struct package_change *change, const struct package_request *request,
                    char **why)
{
        if (fnmatch(request->name, change->name, 0) != 0)
                return 0;
        int there = rpm_installed(change->name, change->version, why);
        int r = there < 0 ? there : rpm_newest(change->name, &change->old, why);
        if (r < 0)
                return r;
        if (request->newer)
                return change->old && rpm_compare(change->version, change->old) > 0;
        return !there;
}

/* Without what is no offer, and each version once, however many repositories have it. */
static int sort_offers(const struct package_request *request, struct package_result *out,
                       char **why)
{
        struct package_result kept = { 0 };
        int r = 0;
        qsort(out->changes, out->n_changes, sizeof(*out->changes), oldest_first);
        for (size_t i = 0; r >= 0 && i < out->n_changes; i++) {
                struct package_change *c = &out->changes[i];
                bool again = i > 0 && oldest_first(c, c - 1) == 0;
                r = again ? 0 : is_offer(c, request, why);
                if (r > 0)
                        package_result_add(&kept, c->name, c->version, c->old);
        }
        package_result_free(out);
        *out = kept;
        return r < 0 ? r : 0;
}

/* "1.26-1.x86_64" of ARCH, or of none. */
static void take_candidates(const char *name, const char *arch, struct package_result *out)
{
        for (char **c = out->candidates; c && *c; c++) {
                char *own = strrchr(*c, '.');
                if (!own || (!streq(own + 1, arch) && !streq(own + 1, "noarch")))
                        continue;
                _cleanup_free_ char *evr = xstrndup(*c, (size_t)(own - *c));
                package_result_add(out, name, evr, NULL);
        }
        strv_free(TAKE_PTR(out->candidates));
}

int rpm_offer(const struct sys *sys, const struct rpm_resolver *resolver,
              const struct package_request *request, struct package_result *out, char **why)
{
        rpmts ts = NULL;
        int r = rpm_open(&ts, why); /* the configuration, for the macro */
        if (r < 0)
                return r;
        rpmtsFree(ts);
        _cleanup_free_ char *arch = rpmExpand("%{_arch}", NULL);
        r = resolver ? resolver->candidates(sys, request, out, why)
                     : rpm_files_offer(sys, arch, out, why);
        if (r == 0)
                take_candidates(request->name, arch, out);
        if (r == 0)
                r = sort_offers(request, out, why);
        if (r < 0 || out->n_changes > 0)
                return r;
        out->cause = xstrdup("package-gone");
        return fail(why, -ENOENT, "no repository offers %s", request->name);
}
