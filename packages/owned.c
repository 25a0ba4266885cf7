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

int package_paths(const struct sys *sys, const char *name, const char *prefix, char ***out)
{
        _cleanup_package_info_ struct package_info info = { .state = PACKAGE_ABSENT };
        _cleanup_free_ char *text = NULL;
        enum package_kind kind = package_kind(sys);
        if (kind != PACKAGES_DPKG)
                return kind == PACKAGES_NONE ? -ENOENT : -ENODATA;
        /* the list first: without one nothing of the status file, which is long, is asked */
        _cleanup_free_ char *list = xasprintf("/var/lib/dpkg/info/%s.list", name);
        int r = sys_read(sys, list, LIST_MAX, &text, NULL);
        if (r == 0)
                r = dpkg_package(sys, name, &info, NULL);
        if (r == 0 && info.state == PACKAGE_ABSENT)
                return -ENOENT;
        if (r < 0)
                return r;
        char **paths = xcalloc(1, sizeof(*paths)), *rest = text, *line;
        while ((line = strsep(&rest, "\n")))
                if (is_below(line, prefix))
                        strv_add(&paths, line);
        *out = paths;
        return 0;
}
