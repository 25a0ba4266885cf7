/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LD_PRELOAD: kills the caller and the program it belongs to at the rename of a path that ends in
 * $KILL_AT, before or after ($KILL_WHEN) it is done. strace's own filter loses injections with -P.
 * The caller may be in a pid namespace that does not see the program, so a watcher forked when the
 * program starts does it; the two share a page. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile struct shared {
        int hit, done;
} * shared;

__attribute__((constructor)) static void watch(void)
{
        pid_t program = getpid();
        shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
        if (shared == MAP_FAILED)
                abort();
        if (fork() != 0)
                return;
        for (int fd = 0; fd < 64; fd++)
                close(fd);
        while (!shared->hit && getppid() == program)
                usleep(200);
        if (shared->hit)
                kill(program, SIGKILL);
        shared->done = 1;
        _exit(0);
}

int rename(const char *from, const char *to)
{
        int (*real)(const char *, const char *) =
                (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
        const char *end = getenv("KILL_AT"), *when = getenv("KILL_WHEN");
        size_t n = strlen(from), m = end ? strlen(end) : n + 1;
        int hit = m <= n && strcmp(from + n - m, end) == 0;
        int r = hit && strcmp(when, "before") == 0 ? 0 : real(from, to);
        if (hit) {
                shared->hit = 1;
                while (!shared->done)
                        usleep(200);
                kill(getpid(), SIGKILL);
                pause();
        }
        return r;
}
