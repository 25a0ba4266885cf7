/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A new "/" of the host's programs and libraries, read-only, with the root's /etc and /var. */
#include "lib/door_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "lib/util.h"

static const char *const of_host[] = { "usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32" };
static const char *const of_root[] = { "etc", "var" };
static const char *const empty[] = { "dev", "proc", "run", "tmp", "root", "home" };

/* A directory of the host, or the link it is on a merged /usr. */
static int take_host(int to, const char *name)
{
        _cleanup_free_ char *path = xasprintf("/%s", name);
        char link[256];
        ssize_t n = readlink(path, link, sizeof(link) - 1);
        if (n > 0) {
                link[n] = '\0';
                return symlinkat(link, to, name) < 0 ? -errno : 0;
        }
        _cleanup_close_ int fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        return mkdirat(to, name, 0755) < 0 ? -errno : door_bind_at(to, name, fd, false);
}

int door_tools(const char *at, char **why)
{
        int from[ARRAY_SIZE(of_root)];
        for (size_t i = 0; i < ARRAY_SIZE(of_root); i++)
                from[i] = open(of_root[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (from[0] < 0)
                return fail(why, -ENOTDIR, "/etc of %s is not a directory", at);
        if (mount("tmpfs", at, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0)
                return fail(why, -errno, "mount over %s: %m", at);
        _cleanup_close_ int to = open(at, O_PATH | O_DIRECTORY | O_CLOEXEC);
        int r = to < 0 ? -errno : 0;
        for (size_t i = 0; i < ARRAY_SIZE(of_host) && r == 0; i++)
                r = take_host(to, of_host[i]);
        for (size_t i = 0; i < ARRAY_SIZE(of_root); i++) {
                if (r == 0 && from[i] >= 0)
                        r = mkdirat(to, of_root[i], 0755) < 0
                                    ? -errno
                                    : door_bind_at(to, of_root[i], from[i], true);
                if (from[i] >= 0)
                        close(from[i]);
        }
        for (size_t i = 0; i < ARRAY_SIZE(empty) && r == 0; i++)
                r = mkdirat(to, empty[i], 0755) < 0 ? -errno : 0;
        return r < 0 ? fail(why, r, "the host's programs beside %s: %s", at, error_text(-r)) : 0;
}
