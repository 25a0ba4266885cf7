/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stand-in: what the daemon asks of the kernel; where modules are its monitors, as on RHEL 7. */
#include "tests/connector/modules.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tests/connector/standin.h"

static bool have_headers(void)
{
        struct utsname u;
        char path[256];

        uname(&u);
        snprintf(path, sizeof(path), "/lib/modules/%s/build/include/generated/utsrelease.h",
                 u.release);
        return access(path, R_OK) == 0;
}

bool kernel_refused(void)
{
        FILE *f = fopen(KERNELS_REFUSED, "re");
        struct utsname u;
        char pattern[64] = "";

        if (!f)
                return false;
        if (fscanf(f, "%63s", pattern) != 1)
                pattern[0] = '\0';
        fclose(f);
        return uname(&u) == 0 && fnmatch(pattern, u.release, 0) == 0;
}

void modules_open(struct modules *m)
{
        memset(m, 0, sizeof(*m));
        m->device[0] = open("/dev/ampfsm", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        m->device[1] = open("/dev/ampnetworkflow", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        m->headers = have_headers();
}

void modules_read(struct modules *m)
{
        char buf[65536];

        for (int i = 0; i < 2; i++)
                for (int turns = 0; m->device[i] >= 0 && turns < 64; turns++) {
                        ssize_t n = read(m->device[i], buf, sizeof(buf));
                        if (n <= 0)
                                break;
                        m->bytes[i] += (unsigned long)n;
                }
}
