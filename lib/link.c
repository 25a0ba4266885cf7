/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbolic links. */
#include "lib/link.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/resolve.h"
#include "lib/util.h"

#define TEMPORARY ".secep-link"

/* 1: a symbolic link, 0: nothing, or -errno. */
static int is_link(int dir, const char *name)
{
        struct stat st;
        if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return errno == ENOENT ? 0 : -errno;
        return S_ISLNK(st.st_mode) ? 1 : -EEXIST;
}

int link_make(const struct sys *sys, const char *path, const char *target, char **why)
{
        const char *name;
        _cleanup_close_ int dir = resolve_parent(sys->root_fd, path, RESOLVE_LINKS_IN_ROOT, &name);
        int r = dir < 0 ? dir : is_link(dir, name);
        if (r < 0)
                return fail(why, r, "%s cannot be made: %s", path, error_text(-r));
        (void)unlinkat(dir, TEMPORARY, 0);
        if (symlinkat(target, dir, TEMPORARY) < 0 || renameat(dir, TEMPORARY, dir, name) < 0) {
                r = -errno;
                (void)unlinkat(dir, TEMPORARY, 0);
                return fail(why, r, "%s cannot be made: %s", path, error_text(-r));
        }
        (void)fsync(dir);
        return 0;
}

int link_remove(const struct sys *sys, const char *path, const char *target, char **why)
{
        const char *name;
        _cleanup_close_ int dir = resolve_parent(sys->root_fd, path, RESOLVE_LINKS_IN_ROOT, &name);
        _cleanup_free_ char *found = NULL;
        if (dir < 0)
                return dir == -ENOENT ? 0 : fail(why, dir, "%s: %s", path, error_text(-dir));
        if (sys_readlink(sys, path, &found) < 0 || !streq(found, target))
                return 0;
        if (unlinkat(dir, name, 0) < 0)
                return fail(why, -errno, "%s cannot be taken away: %m", path);
        return 0;
}
