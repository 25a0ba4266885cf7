/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is left of a kernel that is gone: it would keep the kernel's directory, and the disk full.
 */
#include <errno.h>
#include <fcntl.h>

#include "kmod-build/build.h"
#include "lib/util.h"

#define KEY_LEN 64 /* SHA-256 in hexadecimal */

/* "RELEASE-KEY...": a longer release may begin with this one. */
static bool is_build_of(const char *name, const char *release)
{
        size_t n = strlen(release);
        return strncmp(name, release, n) == 0 && name[n] == '-' &&
               strspn(name + n + 1, "0123456789abcdef") == KEY_LEN;
}

static int forget_builds(const struct sys *sys, const char *release, char **why)
{
        _cleanup_closedir_ DIR *dir = NULL;
        int r = sys_opendir(sys, KMOD_STATE, &dir);
        if (r < 0)
                return r == -ENOENT ? 0 : fail(why, r, "%s: %s", KMOD_STATE, error_text(-r));
        for (struct dirent *e; (e = readdir(dir));)
                if (is_build_of(e->d_name, release) && unlinkat(dirfd(dir), e->d_name, 0) < 0)
                        r = fail(why, -errno, "%s/%s: %s", KMOD_STATE, e->d_name,
                                 error_text(errno));
        return r;
}

/* Goes where it is empty. */
static void remove_dir(const struct sys *sys, const char *release, const char *parent,
                       const char *name)
{
        _cleanup_free_ char *path = xasprintf("/lib/modules/%s%s", release, parent);
        _cleanup_closedir_ DIR *dir = NULL;
        if (sys_opendir(sys, path, &dir) == 0)
                unlinkat(dirfd(dir), name, AT_REMOVEDIR);
}

static int forget_modules(const struct sys *sys, const char *release, char **why)
{
        _cleanup_free_ char *path = xasprintf("/lib/modules/%s/%s", release, KMOD_UPDATES);
        _cleanup_closedir_ DIR *dir = NULL;
        int r = sys_opendir(sys, path, &dir);
        if (r < 0)
                return r == -ENOENT ? 0 : fail(why, r, "%s: %s", path, error_text(-r));
        for (struct dirent *e; (e = readdir(dir));)
                if (!streq(e->d_name, ".") && !streq(e->d_name, "..") &&
                    unlinkat(dirfd(dir), e->d_name, 0) < 0)
                        r = fail(why, -errno, "%s/%s: %s", path, e->d_name, error_text(errno));
        remove_dir(sys, release, "/updates", "secep");
        remove_dir(sys, release, "", "updates");
        remove_dir(sys, release, "/..", release);
        return r;
}

int kmod_forget(const struct sys *sys, const char *release, char **why)
{
        if (!*release || *release == '.' || strchr(release, '/'))
                return fail(why, -EINVAL, "%s: not a kernel release", release);
        int r = forget_modules(sys, release, why), also = forget_builds(sys, release, why);
        return r < 0 ? r : also;
}
