/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that install packages. */
#include "faults/plan_packages.h"

#include "lib/util.h"

void plan_add_packages(struct plan *plan, const struct package_result *result)
{
        for (size_t i = 0; i < result->n_changes; i++) {
                const struct package_change *c = &result->changes[i];
                plan_add_package(plan, c->name, c->version, c->old);
                plan_package_size(plan, c->download, c->size);
        }
}

int plan_install(const struct sys *sys, struct plan *plan, enum step_kind kind, const char *name,
                 const char *version, const char *value)
{
        const struct package_request request = { .name = name,
                                                 .version = version,
                                                 .session = plan->packages };
        _cleanup_package_result_ struct package_result result = { 0 };
        int r = package_call(sys, PACKAGE_SIMULATE, &request, &result, NULL);
        /* nothing comes in newly for what dpkg was killed in: the step ends it */
        if (r == 0 && result.n_changes == 0 && !dpkg_broken(sys, name))
                return 0;
        plan_add(plan, kind, name, version, value);
        if (r == 0)
                plan_add_packages(plan, &result);
        return 1;
}
