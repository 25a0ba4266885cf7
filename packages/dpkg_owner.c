/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who owns a kernel's file, by dpkg's file lists. */
#include <errno.h>
#include <fnmatch.h>

#include "lib/util.h"
#include "packages/dpkg.h"
#include "packages/packages.h"

#define INFO "/var/lib/dpkg/info"

/* Lists are many and long: only those of packages that can have a kernel are read. */
static bool may_have_kernel(const char *file)
{
        static const char *const patterns[] = { "*linux-*.list", "*kernel*.list", "*image*.list" };
        for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
                if (fnmatch(patterns[i], file, 0) == 0)
                        return true;
        return false;
}

/* The package of a list: "linux-image-6.1:amd64.list" too. */
static char *package_of(const char *file)
{
        return xstrndup(file, strcspn(file, ":") < strlen(file) ? strcspn(file, ":")
                                                                : strlen(file) - strlen(".list"));
}

struct owner_search {
        char *const *paths;
        size_t best; /* index of the path found, the lower the better */
        char *name;
};

static void look_into(const struct sys *sys, const char *file, struct owner_search *search)
{
        _cleanup_free_ char *name = package_of(file), *list = xasprintf(INFO "/%s", file);
        size_t found = dpkg_list_find(sys, list, search->paths, search->best);
        if (found >= search->best)
                return;
        free(search->name);
        search->name = TAKE_PTR(name);
        search->best = found;
}

int dpkg_owner(const struct sys *sys, char *const *paths, char **name, char **version, char **why)
{
        _cleanup_closedir_ DIR *dir = NULL;
        struct owner_search search = { paths, strv_length(paths), NULL };
        _cleanup_package_info_ struct package_info info = { 0 };
        int r = sys_opendir(sys, INFO, &dir);
        if (r < 0)
                return r == -ENOENT ? r : fail(why, r, INFO ": %s", error_text(-r));
        for (struct dirent *e; (e = readdir(dir));)
                if (may_have_kernel(e->d_name))
                        look_into(sys, e->d_name, &search);
        _cleanup_free_ char *found = search.name;
        if (!found)
                return -ENOENT;
        r = dpkg_package(sys, found, &info, why);
        if (r < 0)
                return r;
        if (info.state == PACKAGE_ABSENT)
                return -ENOENT;
        *name = TAKE_PTR(found);
        *version = xstrdup(info.version ? info.version : "");
        return 0;
}
