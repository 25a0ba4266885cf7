/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults that only an installed connector can have. */
#include "faults/installed.h"

#include "connector/connector.h"

int connector_judged(const struct sys *sys, struct finding *f)
{
        _cleanup_free_ char *why = NULL;
        int r = connector_installed(sys, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        if (r == 0)
                return finding_set(f, VERDICT_NOT_APPLICABLE, NULL,
                                   "the connector is not installed");
        return 1;
}

int connector_judged_live(const struct sys *sys, const char *not_live, struct finding *f)
{
        int r = connector_judged(sys, f);
        if (r == 1 && !sys->live)
                return finding_set(f, VERDICT_NOT_APPLICABLE, NULL, "%s", not_live);
        return r;
}
