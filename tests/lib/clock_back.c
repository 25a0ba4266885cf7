/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A wall clock that steps, for one process: LD_PRELOAD this, and the seconds in /tmp/clock-step are added
 * to CLOCK_REALTIME each time it is asked. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *t)
{
        char text[32] = "";
        int r = (int)syscall(SYS_clock_gettime, clock, t);
        int fd = r == 0 && clock == CLOCK_REALTIME ? open("/tmp/clock-step", O_RDONLY | O_CLOEXEC)
                                                   : -1;
        if (fd < 0)
                return r;
        if (read(fd, text, sizeof(text) - 1) > 0)
                t->tv_sec += strtol(text, NULL, 10);
        close(fd);
        return 0;
}
