/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both sides of a call need. */
#include <dirent.h>
#include <sys/stat.h>

#include "lib/util.h"
#include "packages/call.h"

#define NOBODY 65534

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

/* May somebody else than root read the folder DIR of the host and what lies in it? */
static bool others_may_read(const char *dir)
{
        _cleanup_closedir_ DIR *d = opendir(dir);
        struct stat st;
        if (!d || fstat(dirfd(d), &st) < 0 || (st.st_mode & 0005) != 0005)
                return false;
        for (struct dirent *e; (e = readdir(d));)
                if (fstatat(dirfd(d), e->d_name, &st, 0) == 0 && S_ISREG(st.st_mode) &&
                    !(st.st_mode & 0004))
                        return false;
        return true;
}

uid_t call_resolver(const struct sys *sys)
{
        if (sys_exists(sys, "/usr/bin/zypper"))
                return 0;
        return sys->offline_dir && !others_may_read(sys->offline_dir) ? 0 : NOBODY;
}
