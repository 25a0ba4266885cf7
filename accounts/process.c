/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes by name, from /proc. */
#include "accounts/accounts.h"

#include <dirent.h>

#include "lib/util.h"

/* Name and effective uid of /proc/PID/status. */
static bool is_root_process(const struct sys *sys, long pid, const char *comm)
{
        _cleanup_free_ char *path = xasprintf("/proc/%ld/status", pid);
        _cleanup_free_ char *text = NULL;
        char name[64];
        unsigned real, effective;
        if (sys_read(sys, path, 65536, &text, NULL) < 0 ||
            sscanf(text, "Name:\t%63[^\n]", name) != 1 || !streq(name, comm))
                return false;
        const char *uid = strstr(text, "\nUid:\t");
        return uid && sscanf(uid, "\nUid:\t%u %u", &real, &effective) == 2 && effective == 0;
}

pid_t account_root_process(const struct sys *sys, const char *comm)
{
        _cleanup_closedir_ DIR *proc = NULL;
        if (!sys->live || sys_opendir(sys, "/proc", &proc) < 0)
                return 0;
        struct dirent *e;
        while ((e = readdir(proc))) {
                long pid;
                if (parse_long(e->d_name, 1, 1 << 30, &pid) == 0 && is_root_process(sys, pid, comm))
                        return (pid_t)pid;
        }
        return 0;
}
