/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FIFOs among the files of a package system: dpkg, apt, rpm or dnf would wait for somebody to write
 * into one, and a transaction is never cut. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "lib/sys.h"
#include "lib/util.h"
#include "packages/call.h"

static const char *const dpkg_places[] = { "/var/lib/dpkg",
                                           "/var/lib/dpkg/info",
                                           "/var/lib/dpkg/updates",
                                           "/var/lib/dpkg/triggers",
                                           "/etc/dpkg",
                                           "/etc/dpkg/dpkg.cfg.d",
                                           "/var/lib/apt",
                                           "/var/lib/apt/lists",
                                           "/etc/apt",
                                           "/etc/apt/apt.conf.d",
                                           "/etc/apt/sources.list.d",
                                           "/etc/apt/preferences.d",
                                           "/etc/apt/auth.conf.d",
                                           "/etc/apt/trusted.gpg.d",
                                           "/etc/apt/keyrings",
                                           NULL };
static const char *const rpm_places[] = { "/var/lib/rpm",
                                          "/usr/lib/sysimage/rpm",
                                          "/etc/rpm",
                                          "/etc/pki/rpm-gpg",
                                          "/var/lib/dnf",
                                          "/etc/dnf",
                                          "/etc/dnf/vars",
                                          "/etc/dnf/plugins",
                                          "/etc/dnf/protected.d",
                                          "/etc/yum.repos.d",
                                          "/etc/zypp",
                                          "/etc/zypp/repos.d",
                                          NULL };
static const char *const *const places[] = {
        [PACKAGES_DPKG] = dpkg_places,
        [PACKAGES_RPM] = rpm_places,
};

/* Links are followed, as the libraries follow them. */
static bool is_fifo(const struct sys *sys, const char *path, unsigned char type)
{
        struct stat st;
        if (type != DT_FIFO && type != DT_LNK && type != DT_UNKNOWN)
                return false;
        return sys_stat(sys, path, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int place_answers(const struct sys *sys, const char *place, char **why)
{
        DIR *dir = NULL;
        int r = sys_opendir(sys, place, &dir);
        if (r < 0)
                return 0; /* the library says what is wrong with it */
        for (struct dirent *e; r == 0 && (e = readdir(dir));) {
                _cleanup_free_ char *path = xasprintf("%s/%s", place, e->d_name);
                if (is_fifo(sys, path, e->d_type))
                        r = fail(why, -EINVAL, "%s: %s", path, sys_why(-EINVAL));
        }
        closedir(dir);
        return r;
}

int call_answers(const struct sys *sys, enum package_kind kind, char **why)
{
        int r = 0;
        if (sys->live)
                return 0;
        for (const char *const *place = places[kind]; place && *place && r == 0; place++)
                r = place_answers(sys, *place, why);
        return r;
}
