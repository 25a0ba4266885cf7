/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The security context of a running program. */
#include "selinux/secep_selinux.h"

#include <ctype.h>
#include <errno.h>

#include "lib/util.h"

#define CONTEXT_MAX 4096

/* comm holds the first 15 bytes of the name: one cheap read rules out nearly every process. */
static bool is_program(const struct sys *sys, const char *pid, const char *program)
{
        const char *slash = strrchr(program, '/');
        const char *name = slash ? slash + 1 : program;
        _cleanup_free_ char *comm_path = xasprintf("/proc/%s/comm", pid);
        _cleanup_free_ char *comm = NULL, *exe = NULL;
        if (sys_read(sys, comm_path, CONTEXT_MAX, &comm, NULL) < 0 ||
            strncmp(comm, name, strnlen(name, 15)) != 0)
                return false;
        _cleanup_free_ char *exe_path = xasprintf("/proc/%s/exe", pid);
        if (sys_readlink(sys, exe_path, &exe) < 0)
                return false;
        size_t len = strlen(program);
        return strncmp(exe, program, len) == 0 && (!exe[len] || streq(exe + len, " (deleted)"));
}

int selinux_context_of(const struct sys *sys, const char *program, char **out)
{
        _cleanup_closedir_ DIR *dir = NULL;
        int r = sys_opendir(sys, "/proc", &dir);
        if (r < 0)
                return r;
        char *context = NULL;
        for (const struct dirent *e; !context && (e = readdir(dir));) {
                if (!isdigit((unsigned char)e->d_name[0]) || !is_program(sys, e->d_name, program))
                        continue;
                _cleanup_free_ char *path = xasprintf("/proc/%s/attr/current", e->d_name);
                if (sys_read(sys, path, CONTEXT_MAX, &context, NULL) == 0)
                        context[strcspn(context, "\n")] = '\0';
        }
        if (context && !strchr(context, ':')) { /* another LSM's word */
                free(context);
                context = NULL;
        }
        *out = context;
        return 0;
}
