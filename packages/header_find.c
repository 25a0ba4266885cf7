/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which package holds the headers of a release: what the installed kernel's package says, then what
 * a repository's package says of itself, and the table of names last. */
#include "packages/header_find.h"

#include <errno.h>

#include "lib/i18n.h"
#include "lib/util.h"

#define CAPABILITY "kernel-devel-uname-r = "

/* What only the package of a kernel has, the image first: "%s" is the release. */
static const char *const marks[] = {
        "/boot/vmlinuz-%s",
        "/usr/lib/modules/%s/vmlinuz",
        "/lib/modules/%s/vmlinuz",
        "/boot/vmlinux-%s",
        "/boot/Image-%s",
        "/usr/lib/modules/%s/modules.builtin",
        "/lib/modules/%s/modules.builtin",
        "/usr/lib/modules/%s/modules.order",
        "/lib/modules/%s/modules.order",
        "/usr/lib/modules/%s/kernel",
        "/lib/modules/%s/kernel",
};

static char **marks_of(const char *release)
{
        char **out = NULL;
        for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
                const char *at = strchr(marks[i], '%');
                _cleanup_free_ char *path =
                        xasprintf("%.*s%s%s", (int)(at - marks[i]), marks[i], release, at + 2);
                strv_add(&out, path);
        }
        return out;
}

int package_owner(const struct sys *sys, char *const *paths, char **name, char **version,
                  char **why)
{
        if (package_kind(sys) == PACKAGES_DPKG)
                return dpkg_owner(sys, paths, name, version, why);
        const struct package_request request = { .names = paths };
        _cleanup_package_result_ struct package_result result = { 0 };
        int r = package_call(sys, PACKAGE_OWNER, &request, &result, why);
        if (r < 0 || result.n_changes == 0)
                return r < 0 ? r : -ENOENT;
        *name = xstrdup(result.changes[0].name);
        *version = xstrdup(result.changes[0].version);
        return 0;
}

static int by_owner(const struct sys *sys, enum package_kind kind, const char *release,
                    struct header_package *out)
{
        _cleanup_strv_ char **paths = marks_of(release);
        _cleanup_free_ char *name = NULL, *version = NULL;
        int r = package_owner(sys, paths, &name, &version, NULL);
        return r < 0 ? r : header_sibling(kind, name, version, release, out);
}

int header_package_provided(const struct sys *sys, const char *release, struct header_package *out,
                            char **why)
{
        bool dpkg = package_kind(sys) == PACKAGES_DPKG;
        _cleanup_free_ char *capability =
                dpkg ? xasprintf("linux-headers-%s", release) : xasprintf(CAPABILITY "%s", release);
        const struct package_request request = { .name = capability };
        _cleanup_package_result_ struct package_result result = { 0 };
        int r = package_call(sys, PACKAGE_PROVIDER, &request, &result, why);
        if (r < 0 || result.n_changes == 0)
                return r < 0 ? r : -ENOENT;
        const struct package_change *last = &result.changes[result.n_changes - 1];
        *out = (struct header_package){
                .name = xstrdup(last->name),
                .version = xstrdup(last->version),
                .arch = xstrdup(""),
                .known_from = dpkg ? _("what provides linux-headers-RELEASE")
                                   : "what provides kernel-devel-uname-r",
        };
        return 0;
}

static int by_name(const struct sys *sys, enum package_kind kind, const char *release,
                   struct header_package *out, char **why)
{
        struct keyfile os = { 0 };
        int r = os_release_read(sys, &os, why);
        if (r == 0)
                r = header_package_of(kind, &os, release, out, why);
        keyfile_free(&os);
        return r;
}

int header_package_look(const struct sys *sys, const char *release, struct header_package *out,
                        char **why)
{
        enum package_kind kind = package_kind(sys);
        if (kind == PACKAGES_DPKG && by_owner(sys, kind, release, out) == 0)
                return 0;
        return by_name(sys, kind, release, out, why);
}

int header_package_find(const struct sys *sys, const char *release, struct header_package *out,
                        char **why)
{
        enum package_kind kind = package_kind(sys);
        if (by_owner(sys, kind, release, out) == 0)
                return 0;
        int r = by_name(sys, kind, release, out, why);
        if (kind != PACKAGES_RPM)
                return r;
        if (r == 0) /* asked in the same breath as for the package itself */
                out->provides = xasprintf(CAPABILITY "%s", release);
        _cleanup_free_ char *not_known = r < 0 ? TAKE_PTR(*why) : NULL;
        if (r == -ENOENT && header_package_provided(sys, release, out, NULL) == 0)
                return 0;
        return r < 0 ? fail(why, r, "%s", not_known) : 0;
}
