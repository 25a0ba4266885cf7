/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LD_PRELOAD: kills the caller and its parent at the rename of a path that ends in $KILL_AT,
 * before or after ($KILL_WHEN) it is done. strace's own filter loses injections with -P. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int rename(const char *from, const char *to)
{
        int (*real)(const char *, const char *) =
                (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
        const char *end = getenv("KILL_AT"), *when = getenv("KILL_WHEN");
        size_t n = strlen(from), m = end ? strlen(end) : n + 1;
        int hit = m <= n && strcmp(from + n - m, end) == 0;
        int r = hit && strcmp(when, "before") == 0 ? 0 : real(from, to);
        if (hit) {
                kill(getppid(), SIGKILL);
                kill(getpid(), SIGKILL);
                pause();
        }
        return r;
}
