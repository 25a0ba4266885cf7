/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The security context of a running program. */
#include "selinux/secep_selinux.h"

#include "lib/util.h"

#define CONTEXT_MAX 4096

char *selinux_context_of(const struct sys *sys, int pid)
{
        _cleanup_free_ char *path = xasprintf("/proc/%d/attr/current", pid);
        _cleanup_free_ char *context = NULL;
        if (sys_read(sys, path, CONTEXT_MAX, &context, NULL) < 0 || !strchr(context, ':'))
                return NULL;
        context[strcspn(context, "\n")] = '\0';
        return TAKE_PTR(context);
}
