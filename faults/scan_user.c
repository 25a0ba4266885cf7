/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 5, Scan service user unavailable: without its account files are scanned as root. */
#include "faults/scan_user.h"
#include "lib/i18n.h"

#include <errno.h>

#include "connector/connector.h"

static int (*const checks[])(struct look *l, char **why) = {
        scan_user_missing, scan_user_altered, scan_user_directories,
        scan_user_reach,   scan_user_process,
};

static void look_free(struct look *l)
{
        account_free(&l->account);
        free(l->fault.why);
        free(l->blocked.why);
        free(l->untold);
        strv_free(l->owned);
        free(l->unasked);
        free(l->refused_at);
}

/* The sentence chosen stands for the evidence that was written down with it. */
static void tell(struct look *l, size_t told)
{
        if (told > 0)
                l->f->evidence[told - 1].detail = true;
}

static int look_judge(struct look *l)
{
        struct finding *f = l->f;
        if (l->fault.why) {
                tell(l, l->fault.told);
                if (l->blocked.why)
                        finding_note(f, "%s", l->blocked.why);
                if (l->untold)
                        finding_note(f, "could not tell: %s", l->untold);
                return finding_set(f, l->fault.verdict, l->fault.cause, "%s", l->fault.why);
        }
        if (l->error)
                return finding_unknown(f, l->error, "%s", l->untold);
        if (l->blocked.why) {
                tell(l, l->blocked.told);
                finding_set(f, l->blocked.verdict, l->blocked.cause, "%s", l->blocked.why);
                scan_user_reach_advice(l);
                return 0;
        }
        if (l->unasked)
                return finding_set(
                        f, VERDICT_NOT_ASKED, NULL,
                        "whether the connector's package owns %s, whose mode or owner is "
                        "unusual, only the rpm database knows",
                        l->unasked);
        return finding_set(f, VERDICT_OK, NULL,
                           "user and group %s and the directory permissions are correct",
                           SCAN_ACCOUNT);
}

/* The steps are found beside the evidence: they go with the finding, for the plan. */
static int probe(const struct sys *sys, struct finding *f)
{
        _cleanup_(plan_free) struct plan plan = { .n = 0 };
        _cleanup_(look_free) struct look l = { .sys = sys, .f = f, .plan = &plan };
        _cleanup_free_ char *why = NULL;
        int r = account_read(sys, SCAN_ACCOUNT, &l.account, &why);
        for (size_t i = 0; i < ARRAY_SIZE(checks) && r == 0; i++)
                r = checks[i](&l, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        r = look_judge(&l);
        f->learned = plan;
        plan = (struct plan){ .n = 0 };
        return r;
}

static int make_plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        (void)sys;
        finding_to_plan(f, plan);
        return 0;
}

const struct fault fault_scan_user = {
        .id = 5,
        .slug = "scan-user",
        .summary = N_("Scan service user unavailable"),
        .only_proved = true, /* a look does not ask rpm's database what the package owns */
        .restarts = true,
        .probe = probe,
        .plan = make_plan,
};
