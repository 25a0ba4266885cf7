/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The repositories of ExtraSource= beside the root's own, with metadata and downloads apart. */
#include <errno.h>
#include <sys/stat.h>

#include "lib/door.h"
#include "lib/keyfile.h"
#include "packages/extra_source.h"
#include "packages/rpm_dnf.h"
#include "packages/rpm_resolver.h"

#define DNF_CONF_MAX ((size_t)64 * 1024)

/* The directories dnf looks for repositories in, as its configuration has them. */
static char *repository_dirs(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        struct keyfile kf = { 0 };
        const char *dirs = NULL;
        if (sys_read(sys, "/etc/dnf/dnf.conf", DNF_CONF_MAX, &text, &len) == 0 &&
            keyfile_parse("dnf.conf", text, len, &kf, NULL) == 0)
                dirs = keyfile_get(&kf, "main", "reposdir");
        char *out = xstrdup(dirs ? dirs : "/etc/yum.repos.d,/etc/yum/repos.d,/etc/distro.repos.d");
        keyfile_free(&kf);
        return out;
}

int dnf_extra_repos(const struct sys *sys, char **why)
{
        if (mkdir(EXTRA_INSIDE "/repos", 0755) < 0 && errno != EEXIST)
                return fail(why, -errno, EXTRA_INSIDE "/repos: %m");
        return extra_write(sys, PACKAGES_RPM, EXTRA_INSIDE "/repos", why);
}

int dnf_add_extra(const struct sys *sys, char ***argv, char **why)
{
        _cleanup_free_ char *dirs = repository_dirs(sys);
        _cleanup_free_ char *option =
                xasprintf("--setopt=reposdir=%s,%s/repos", dirs, EXTRA_INSIDE);
        strv_add(argv, option);
        strv_add(argv, "--setopt=cachedir=" EXTRA_INSIDE "/cache");
        return dnf_extra_repos(sys, why);
}
