/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking the probe of a fault. */
#include "repair/probe.h"

#include <string.h>

#include "faults/advice.h"

void look(const struct sys *sys, const struct fault *fault, struct finding *f)
{
        finding_free(f);
        int r = fault->probe(sys, f);
        if (r >= 0) {
                advice_ensure(sys, fault, f);
                return;
        }
        f->verdict = VERDICT_UNKNOWN;
        if (!f->why)
                finding_unknown(f, r, "%s", error_text(-r));
}

void look_deep(const struct sys *sys, const struct fault *fault, struct finding *f)
{
        struct sys deep = *sys; /* on loan: what it owns stays SYS's */
        deep.depth = DEPTH_PROVE;
        look(&deep, fault, f);
}

void look_to_act(const struct sys *sys, const struct fault *fault, struct finding *f)
{
        if (!fault->only_proved)
                look(sys, fault, f);
        if (fault->only_proved || f->verdict == VERDICT_NOT_ASKED)
                look_deep(sys, fault, f);
}
