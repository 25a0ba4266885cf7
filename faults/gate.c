/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked before a fault is: a connector that can have it, a policy that wants it. */
#include "faults/gate.h"

#include "connector/connector.h"
#include "lib/i18n.h"

int policy_gate(const struct sys *sys, unsigned options, const char *off, struct finding *f)
{
        _cleanup_free_ char *why = NULL;
        struct connector_gate policy;
        int r = connector_gate(sys, &policy, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        if (!policy.policy_file)
                finding_evidence(f, "policy", "no policy file: taken as on", NULL);
        if (policy.on & options)
                return 1;
        return finding_set(f, VERDICT_NOT_APPLICABLE, NULL, "turned off in the policy: %s", off);
}

int kernel_gate(const struct sys *sys, struct finding *f)
{
        return policy_gate(sys, OPTION_FILE_MONITOR | OPTION_NETWORK_MONITOR,
                           "Monitor File Copies and Moves, Enable Device Flow Correlation", f);
}

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
                return finding_set(f, VERDICT_NOT_APPLICABLE, NULL, "%s", _(not_live));
        return r;
}

void kernel_console_note(struct finding *f)
{
        static const char text[] =
                N_("turning off Monitor File Copies and Moves and Enable Device Flow Correlation "
                   "in the policy (console) clears it, too");
        for (char **note = f->notes; note && *note; note++)
                if (streq(*note, _(text)))
                        return;
        finding_note(f, "%s", _(text));
}
