/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A refusal: a sentence and what to do. */
#include "installer/vendor.h"

int vendor_refuse(struct vendor *v, char **why, int r, const char *advice, const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        _cleanup_free_ char *text = xvasprintf(fmt, ap);
        va_end(ap);
        if (!v->advice)
                v->advice = xstrdup(advice);
        return fail(why, r, "%s", text);
}

void vendor_free(struct vendor *v)
{
        if (v->fd >= 0)
                close(v->fd);
        v->fd = -1;
        free(v->path);
        free(v->name);
        free(v->version);
        free(v->arch);
        free(v->needs);
        free(v->warning);
        free(v->advice);
}
