/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a package owns, by the files of its database alone. */
#include <errno.h>

#include "lib/util.h"
#include "packages/packages.h"

#define LIST_MAX ((size_t)16 << 20) /* the kernel's own list has half a million bytes */

static bool is_below(const char *path, const char *prefix)
{
        size_t n = strlen(prefix);
        return strncmp(path, prefix, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* info/NAME.list, or info/NAME:ARCH.list of a package of one architecture among several. */
static int list_read(const struct sys *sys, const char *name, char **text)
{
        _cleanup_free_ char *plain = xasprintf("/var/lib/dpkg/info/%s.list", name);
        int r = sys_read(sys, plain, LIST_MAX, text, NULL);
        if (r != -ENOENT)
                return r;
        _cleanup_free_ char *native = xasprintf("/var/lib/dpkg/info/%s:amd64.list", name);
        r = sys_read(sys, native, LIST_MAX, text, NULL);
        if (r != -ENOENT)
                return r;
        _cleanup_free_ char *arm = xasprintf("/var/lib/dpkg/info/%s:arm64.list", name);
        return sys_read(sys, arm, LIST_MAX, text, NULL);
}

int package_paths(const struct sys *sys, const char *name, const char *prefix, char ***out)
{
        _cleanup_package_info_ struct package_info info = { .state = PACKAGE_ABSENT };
        _cleanup_free_ char *text = NULL;
        enum package_kind kind = package_kind(sys);
        if (kind != PACKAGES_DPKG)
                return kind == PACKAGES_NONE ? -ENOENT : -ENODATA;
        int r = dpkg_package(sys, name, &info, NULL);
        if (r == 0 && info.state == PACKAGE_ABSENT)
                return -ENOENT;
        if (r == 0)
                r = list_read(sys, name, &text);
        if (r < 0)
                return r;
        char **paths = xcalloc(1, sizeof(*paths)), *rest = text, *line;
        while ((line = strsep(&rest, "\n")))
                if (is_below(line, prefix))
                        strv_add(&paths, line);
        *out = paths;
        return 0;
}
