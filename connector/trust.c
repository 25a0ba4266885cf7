/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the connector is there, and whether what is there may be run. */
#include <errno.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "lib/util.h"

int connector_installed(const struct sys *sys, char **why)
{
        const char *path = connector_path(sys, PATH_DAEMON);
        struct stat st;
        int r = sys_lstat_nolinks(sys, path, &st);

        if (r == -ENOENT || r == -ENOTDIR)
                return 0;
        if (r == 0 && S_ISLNK(st.st_mode))
                r = -ELOOP;
        if (r == -ELOOP)
                return fail(why, r, "%s: a symlink is on the way, not followed", path);
        if (r < 0)
                return fail(why, r, "%s: %s", path, error_text(-r));
        return S_ISREG(st.st_mode);
}

static int component_trusted(const struct sys *sys, const char *path, bool last, char **why)
{
        struct stat st;
        int r = sys_lstat_nolinks(sys, path, &st);

        if (r == -ELOOP || (r == 0 && S_ISLNK(st.st_mode)))
                return fail(why, -EPERM, "%s is a symlink", path);
        if (r < 0)
                return fail(why, r, "%s: %s", path, error_text(-r));
        if (st.st_uid != 0)
                return fail(why, -EPERM, "%s belongs to uid %u, not to root", path,
                            (unsigned)st.st_uid);
        if (st.st_mode & (S_IWGRP | S_IWOTH))
                return fail(why, -EPERM, "%s is writable by others than root (mode %04o)", path,
                            (unsigned)st.st_mode & 07777);
        if (last ? !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode) : !S_ISDIR(st.st_mode))
                return fail(why, -EPERM, "%s is neither a file nor a directory", path);
        return 0;
}

int connector_trusted(const struct sys *sys, const char *path, char **why)
{
        _cleanup_free_ char *upto = NULL;
        size_t at = 0;
        int r;

        if (*path != '/')
                return fail(why, -EINVAL, "%s: not an absolute path", path);
        r = component_trusted(sys, "/", false, why);
        while (r == 0 && path[at]) {
                at += strspn(path + at, "/");
                at += strcspn(path + at, "/");
                free(upto);
                upto = xstrndup(path, at);
                r = component_trusted(sys, upto, path[at] == 0, why);
        }
        return r;
}
