/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which package system. */
#include "lib/os_release.h"
#include "lib/util.h"
#include "packages/packages.h"

static bool any_exists(const struct sys *sys, const char *const *paths)
{
        for (; *paths; paths++)
                if (sys_exists(sys, *paths))
                        return true;
        return false;
}

enum package_kind package_kind(const struct sys *sys)
{
        static const char *const dpkg_files[] = { "/var/lib/dpkg/status", NULL };
        static const char *const rpm_files[] = {
                "/var/lib/rpm/rpmdb.sqlite",         "/var/lib/rpm/Packages",
                "/var/lib/rpm/Packages.db",          "/usr/lib/sysimage/rpm/rpmdb.sqlite",
                "/usr/lib/sysimage/rpm/Packages.db", NULL,
        };
        bool dpkg = any_exists(sys, dpkg_files), rpm = any_exists(sys, rpm_files);
        if (dpkg && rpm) {
                struct keyfile os = { 0 };
                rpm = os_release_read(sys, &os, NULL) == 0 && !os_release_is(&os, "debian") &&
                      !os_release_is(&os, "ubuntu");
                dpkg = !rpm;
                keyfile_free(&os);
        }
        return dpkg ? PACKAGES_DPKG : rpm ? PACKAGES_RPM : PACKAGES_NONE;
}
