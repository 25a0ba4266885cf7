/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Security contexts as text. */
#include "selinux/context_text.h"

#include "lib/util.h"

char *context_type(const char *context)
{
        const char *role = strchr(context, ':');
        const char *type = role ? strchr(role + 1, ':') : NULL;
        if (!type)
                return xstrdup(context);
        return xstrndup(type + 1, strcspn(type + 1, ":"));
}

char *context_for(const char *context, const char *role, bool mls)
{
        if (strchr(context, ':'))
                return xstrdup(context);
        return xasprintf("system_u:%s:%s%s", role, context, mls ? ":s0" : "");
}
