/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How what a person must end reads for 8 and 9. */
#include "faults/realtime.h"

#include "lib/i18n.h"

int realtime_blocked(const struct realtime *rt, struct finding *f, const char *cause,
                     const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        _cleanup_free_ char *why = xvasprintf(_(fmt), ap);
        va_end(ap);
        finding_note(f, "turning off %s in the policy (console) clears it, too", rt->console);
        return finding_set(f, VERDICT_BLOCKED, cause, "%s", why);
}
