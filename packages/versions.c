/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which versions are installed now. */
#include <errno.h>

#include "lib/util.h"
#include "packages/packages.h"

static int dpkg_versions(const struct sys *sys, char *const *names, char ***out, char **why)
{
        for (; *names; names++) {
                _cleanup_package_info_ struct package_info info = { 0 };
                _cleanup_free_ char *name = xstrdup(*names);
                name[strcspn(name, ":")] = '\0';
                int r = *name ? dpkg_package(sys, name, &info, why) : 0;
                if (r < 0)
                        return r;
                bool there = info.state != PACKAGE_ABSENT;
                strv_add(out, !there ? "" : info.version ? info.version : PACKAGE_VERSION_BROKEN);
        }
        return 0;
}

static const char *version_in(const struct package_result *result, const char *name)
{
        for (size_t i = 0; i < result->n_changes; i++)
                if (streq(result->changes[i].name, name))
                        return result->changes[i].version;
        return "";
}

static int rpm_versions(const struct sys *sys, char *const *names, char ***out, char **why)
{
        const struct package_request request = { .name = "", .names = names };
        _cleanup_package_result_ struct package_result result = { 0 };
        int r = package_call(sys, PACKAGE_VERSIONS, &request, &result, why);
        for (; r == 0 && *names; names++)
                strv_add(out, version_in(&result, *names));
        return r;
}

int package_versions(const struct sys *sys, char *const *names, char ***out, char **why)
{
        _cleanup_strv_ char **versions = xcalloc(1, sizeof(*versions));
        enum package_kind kind = package_kind(sys);
        int r = kind == PACKAGES_DPKG ? dpkg_versions(sys, names, &versions, why)
                : kind == PACKAGES_RPM
                        ? rpm_versions(sys, names, &versions, why)
                        : fail(why, -EOPNOTSUPP, "neither dpkg nor rpm keeps a database here");
        if (r == 0)
                *out = TAKE_PTR(versions);
        return r;
}

/* An epoch that one of them leaves out is the same package. */
bool package_version_is(const char *now, const char *version)
{
        const char *a = strchr(now, ':'), *b = strchr(version, ':');
        if ((a == NULL) == (b == NULL))
                return streq(now, version);
        return streq(a ? a + 1 : now, b ? b + 1 : version);
}
