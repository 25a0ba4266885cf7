/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Package files that the operator gives. */
#include "packages/offline.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/sums.h"
#include "lib/util.h"

static int is_fit(int fd, const char *path, char **why)
{
        struct stat st;
        if (fstat(fd, &st) < 0)
                return fail(why, -errno, "%s: %s", path, error_text(errno));
        if (!S_ISREG(st.st_mode))
                return fail(why, -EBADMSG, "%s: not a regular file", path);
        if (!only_root_writes(&st))
                return fail(why, -EPERM, "%s: others than root can change it; make it root's alone",
                            path);
        return 0;
}

int offline_open(const struct sys *sys, int dir, const char *name, const char *path, int *fd,
                 char hex[65], char **why)
{
        const char *given = sums_of(sys->offline_sums, name);
        _cleanup_close_ int file =
                openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
        if (file < 0 && errno == ELOOP)
                return fail(why, -EBADMSG, "%s: not a regular file", path);
        if (file < 0)
                return fail(why, -errno, "%s: %s", path, error_text(errno));
        int r = is_fit(file, path, why);
        if (r < 0)
                return r;
        r = sum_of_file(file, hex);
        if (r < 0)
                return fail(why, r, "%s: %s", path, error_text(-r));
        if (given && !streq(given, hex))
                return fail(why, -EBADMSG,
                            "%s: not the file that --offline-sums names: its SHA-256 sum is %s; "
                            "fetch it again",
                            path, hex);
        *fd = TAKE_FD(file);
        return given != NULL;
}

int offline_refuse(const char *path, const char *lists, char **why)
{
        return fail(why, -EBADMSG,
                    "%s: %s vouches for it; fetch it again, or give its SHA-256 sum with "
                    "--offline-sums",
                    path, lists);
}
