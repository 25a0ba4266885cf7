/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel packages: which names bring a kernel of the same kind, and which release each brings. */
#include <ctype.h>
#include <errno.h>

#include "lib/util.h"
#include "packages/packages.h"

#define IMAGE "linux-image-"

/* "6.12.94+deb13-cloud-amd64" -> "cloud-amd64": from the first part without a digit at its start.
 */
static const char *flavour_of(const char *release)
{
        const char *flavour = release + strlen(release);
        for (const char *p = flavour; p > release; p--)
                if (p[-1] == '-') {
                        if (isdigit((unsigned char)*p))
                                break;
                        flavour = p;
                }
        return flavour;
}

/* Not the metapackage of a series ("6.12-amd64"). */
static bool of_a_release(const char *release)
{
        size_t n = strspn(release, "0123456789.");
        const char *dot = memchr(release, '.', n);
        return dot && memchr(dot + 1, '.', n - (size_t)(dot + 1 - release));
}

static int dpkg_packages(const char *release, struct kernel_packages *out)
{
        const char *flavour = flavour_of(release);
        *out = (struct kernel_packages){
                .pattern = xasprintf(IMAGE "[0-9]*%s%s", *flavour ? "-" : "", flavour),
                .flavour = xstrdup(flavour),
        };
        return 0;
}

/* A kernel is called like its headers without "-devel". */
static int rpm_packages(const struct header_package *hp, const char *release,
                        struct kernel_packages *out, char **why)
{
        size_t n = strlen(hp->name), tail = strlen("-devel");
        if (n <= tail || !streq(hp->name + n - tail, "-devel") || !*hp->version ||
            !startswith(release, hp->version))
                return fail(why, -ENOENT, "no package is known that would bring a kernel like %s",
                            release);
        *out = (struct kernel_packages){
                .pattern = xstrndup(hp->name, n - tail),
                .suffix = xstrdup(release + strlen(hp->version)),
        };
        return 0;
}

int kernel_packages_of(enum package_kind kind, const struct header_package *headers,
                       const char *release, struct kernel_packages *out, char **why)
{
        if (kind == PACKAGES_DPKG)
                return dpkg_packages(release, out);
        if (kind == PACKAGES_RPM)
                return rpm_packages(headers, release, out, why);
        return fail(why, -ENOENT, "neither dpkg nor rpm keeps a database here");
}

char *kernel_release_of(const struct kernel_packages *kp, const char *name, const char *version)
{
        _cleanup_free_ char *release = NULL;
        if (kp->suffix && streq(name, kp->pattern))
                release = xasprintf("%s%s", version, kp->suffix);
        else if (kp->flavour && startswith(name, IMAGE) &&
                 streq(flavour_of(name + strlen(IMAGE)), kp->flavour) &&
                 of_a_release(name + strlen(IMAGE)))
                release = xstrdup(name + strlen(IMAGE));
        return release && release_check(release, NULL) == 0 ? TAKE_PTR(release) : NULL;
}

void kernel_packages_free(struct kernel_packages *kp)
{
        free(kp->pattern);
        free(kp->flavour);
        free(kp->suffix);
        *kp = (struct kernel_packages){ 0 };
}
