/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both sides of a call need. */
#include "lib/util.h"
#include "packages/call.h"

static const char *const apt_caches[] = { "/var/lib/apt/lists", "/var/cache/apt", NULL };
static const char *const dnf_caches[] = { "/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/zypp",
                                          NULL };

const struct package_library package_libraries[] = {
        [PACKAGES_NONE] = { 0 },
        [PACKAGES_DPKG] = { "apt", "apt-get install", apt_caches, false },
        [PACKAGES_RPM] = { "rpm", "dnf install", dnf_caches, true },
};

void package_result_free(struct package_result *result)
{
        for (size_t i = 0; i < result->n_changes; i++) {
                free(result->changes[i].name);
                free(result->changes[i].version);
                free(result->changes[i].old);
        }
        free(result->changes);
        free(result->cause);
        strv_free(result->candidates);
        *result = (struct package_result){ 0 };
}
