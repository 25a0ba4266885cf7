/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an installation did: the package database before it and after. For plug-ins. */
#ifndef SECEP_PACKAGES_DIFFERENCE_H
#define SECEP_PACKAGES_DIFFERENCE_H

#include "packages/packages.h"

#ifdef __cplusplus
extern "C" {
#endif

struct package_entry {
        char *name, *version; /* a name may be there in several versions */
};

struct package_entries {
        struct package_entry *items;
        size_t n;
};

void package_entries_add(struct package_entries *entries, const char *name, const char *version);
void package_entries_free(struct package_entries *entries);
#define _cleanup_package_entries_ _cleanup_(package_entries_free)

/* In the place of out->changes: new (old NULL), changed (old is what was), gone (version "", old is
 * what was). Sorts both. */
void package_difference(struct package_entries *before, struct package_entries *after,
                        struct package_result *out);

/* dpkg's packages that are not absent, as "name:arch", whole or not. 0 or -errno. */
int dpkg_entries(const struct sys *sys, struct package_entries *out);

#ifdef __cplusplus
}
#endif
#endif
