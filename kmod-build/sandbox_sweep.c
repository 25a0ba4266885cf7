/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What builds left behind. */
#include <errno.h>
#include <fcntl.h>

#include "kmod-build/build.h"
#include "kmod-build/sandbox.h"
#include "lib/util.h"

#define HOIST_TRIES 4096

/* Moves the directory NAME of FROM into TO under a name nobody has there. */
static void hoist(int from, const char *name, int to, unsigned *number)
{
        int r = -1;
        for (unsigned tries = 0; r < 0 && tries < HOIST_TRIES; tries++) {
                char free_name[32];
                snprintf(free_name, sizeof(free_name), "h.%u", (*number)++);
                r = renameat(from, name, to, free_name);
                if (r < 0 && errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
                        return;
        }
}

/* Empties directory NAME of TOP of all but directories, hoists those into TOP, removes it. */
static bool flatten(int top, const char *name, unsigned *number)
{
        int fd = openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        _cleanup_closedir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        for (struct dirent *e; dir && (e = readdir(dir));)
                if (!streq(e->d_name, ".") && !streq(e->d_name, "..") &&
                    unlinkat(fd, e->d_name, 0) < 0)
                        hoist(fd, e->d_name, top, number);
        return unlinkat(top, name, AT_REMOVEDIR) == 0;
}

/* Any depth with two descriptors: what lies below comes up a level at a time. Ends when a pass
 * removes nothing. */
static void remove_below(int top)
{
        unsigned number = 0;
        for (bool removed = true; removed;) {
                removed = false;
                int again = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                _cleanup_closedir_ DIR *dir = again < 0 ? NULL : fdopendir(again);
                for (struct dirent *e; dir && (e = readdir(dir));)
                        if (!streq(e->d_name, ".") && !streq(e->d_name, "..") &&
                            (unlinkat(top, e->d_name, 0) == 0 || flatten(top, e->d_name, &number)))
                                removed = true;
        }
}

void sandbox_sweep(const struct sys *sys)
{
        _cleanup_closedir_ DIR *dir = NULL;
        if (sys_opendir(sys, KMOD_STATE, &dir) < 0)
                return;
        for (struct dirent *e; (e = readdir(dir));) {
                if (!startswith(e->d_name, "work."))
                        continue;
                _cleanup_close_ int fd = openat(dirfd(dir), e->d_name,
                                                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (fd >= 0)
                        remove_below(fd);
                unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
        }
}
