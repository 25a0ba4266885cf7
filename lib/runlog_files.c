/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a run log. */
#include "lib/runlog_files.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/runlog.h"
#include "lib/util.h"

bool runlog_id_is_valid(const char *id)
{
        return *id && strlen(id) <= 64 &&
               strspn(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") ==
                       strlen(id);
}

char *runlog_file_path(const char *id, unsigned number)
{
        return number == 1 ? xasprintf("%s/%s" RUNLOG_ENDING, RUNLOG_DIR, id)
                           : xasprintf("%s/%s.%u" RUNLOG_ENDING, RUNLOG_DIR, id, number);
}

int runlog_file_open(const struct sys *sys, const char *path, int flags)
{
        struct stat st;
        _cleanup_close_ int fd = sys_openat_nolinks(sys, path, flags | O_NONBLOCK | O_NOCTTY, 0);
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        return S_ISREG(st.st_mode) ? TAKE_FD(fd) : -EINVAL;
}

int runlog_file_count(const struct sys *sys, const char *id)
{
        for (unsigned number = 1;; number++) {
                struct stat st;
                _cleanup_free_ char *path = runlog_file_path(id, number);
                int r = sys_lstat_nolinks(sys, path, &st);
                if (r < 0)
                        return r == -ENOENT ? (int)number - 1 : r;
        }
}
