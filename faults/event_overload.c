/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 18: the connector's event monitoring is overloaded. */
#include <errno.h>

#include "connector/ampcli.h"
#include "connector/connector.h"
#include "connector/paths.h"
#include "connector/policy.h"
#include "faults/allow.h"
#include "faults/gate.h"
#include "host/events.h"
#include "lib/conf.h"
#include "packages/verify.h"
#include "lib/i18n.h"

#define ID 18
#define WINDOW_MS 4000
#define TOP 5
#define STANDS_OUT_PERCENT 20 /* of all events: a program worth naming */
#define THROTTLE_DEFAULT 20

static unsigned percent_of(const struct events *all, const struct event_source *s)
{
        return all->total ? (unsigned)(s->events * 100 / all->total) : 0;
}

/* Programs that stand out, the connector's own left out: it answers events, it does not cause them.
 */
static bool stands_out(const struct events *all, const struct event_source *s)
{
        return percent_of(all, s) >= STANDS_OUT_PERCENT &&
               !startswith(s->program, CONNECTOR_TOP "/");
}

static const struct event_source *busiest(const struct events *all)
{
        for (size_t i = 0; i < all->n; i++)
                if (stands_out(all, &all->sources[i]))
                        return &all->sources[i];
        return NULL;
}

struct judged {
        bool verified, excluded;
        char *package;
};

static void source_judge(const struct sys *sys, const struct policy *policy,
                         const struct event_source *s, struct judged *out)
{
        if (*s->program == '/') {
                out->verified = verify_file(sys, s->program, &out->package, NULL) == 1;
                out->excluded = policy_excludes(policy, s->program);
        }
}

/* Its file, and whether the policy excludes it. */
static const char *const as_known[2][2] = {
        { N_("not verified"), N_("not verified, excluded already") },
        { N_("as shipped"), N_("as shipped, excluded already") },
};

static void row(struct finding *f, const struct events *all, const struct event_source *s,
                const struct judged *j)
{
        _cleanup_free_ char *what =
                xasprintf(_("%u %% of events: %s"), percent_of(all, s), s->program);
        _cleanup_free_ char *found = xasprintf(
                _("%llu events, processes: %u, unit %s, package %s, %s"),
                (unsigned long long)s->events, s->processes, s->unit ? s->unit : _("none"),
                j->package ? j->package : _("none"), _(as_known[j->verified][j->excluded]));

        finding_evidence(f, what, found, NULL);
}

/* Proposals in the console's terms. */
static void propose(struct finding *f, const struct event_source *s, const struct judged *j)
{
        if (j->excluded)
                finding_note(f,
                             "%s is excluded already: look at what it starts, or exclude its "
                             "children too",
                             s->program);
        else if (j->verified)
                finding_note(f,
                             "propose in the console: a process exclusion, path %s, any user, "
                             "children included",
                             s->program);
        else
                finding_note(f,
                             "investigate %s: it is not what a package shipped, so it is not "
                             "proposed for exclusion",
                             s->program);
}

/* Fills the table; true when everything that stands out verifies. */
static bool tell_table(const struct sys *sys, const struct events *all, struct finding *f)
{
        _cleanup_policy_ struct policy policy = { 0 };
        bool verified = true;

        (void)policy_read(sys, &policy, NULL);
        for (size_t i = 0; i < all->n && i < TOP; i++) {
                const struct event_source *s = &all->sources[i];
                struct judged j = { 0 };

                source_judge(sys, &policy, s, &j);
                row(f, all, s, &j);
                if (stands_out(all, s)) {
                        propose(f, s, &j);
                        verified &= j.verified;
                }
                free(j.package);
        }
        return verified;
}

static bool may_throttle(const struct sys *sys, const struct event_source *s)
{
        size_t n = s && s->unit ? strlen(s->unit) : 0;

        return (sys->allow & ALLOW_THROTTLE) && n > strlen(".service") &&
               streq(s->unit + n - strlen(".service"), ".service") &&
               !startswith(s->unit, "systemd-") && !startswith(s->unit, "cisco-");
}

static int judge_source(const struct sys *sys, const struct events *all,
                        const struct event_source *s, bool verified, struct finding *f)
{
        bool throttle = may_throttle(sys, s);

        finding_set(f, throttle ? VERDICT_FAULT : VERDICT_BLOCKED,
                    verified ? "busy-verified" : "busy-unverified", "%s makes %u %% of the events",
                    s->program, percent_of(all, s));
        if (throttle) {
                _cleanup_free_ char *percent =
                        xasprintf("%ld", conf_long(sys, "ThrottlePercent", THROTTLE_DEFAULT));
                plan_add(&f->learned, STEP_SET_CPU_QUOTA, s->unit, s->program, percent);
                return 0;
        }
        if (verified)
                finding_do(f, DO_CONSOLE, "add a process exclusion for %s", s->program);
        else
                finding_do(f, DO_PERSON, "find out what %s is before anything is excluded",
                           s->program);
        return 0;
}

static int judge(const struct sys *sys, const struct events *all, struct finding *f)
{
        const struct event_source *s = busiest(all);
        bool verified = tell_table(sys, all, f);

        if (!all->by_ebpf)
                finding_note(f, "counted from /proc (reads and writes only): %s", all->refused);
        if (!s)
                return finding_set(f, VERDICT_BLOCKED, "busy-spread",
                                   "no program stands out: the machine is too small for what runs "
                                   "on it (%llu events in %lld s)",
                                   (unsigned long long)all->total,
                                   (long long)all->window_ms / 1000);
        return judge_source(sys, all, s, verified, f);
}

static int ask(const struct sys *sys, struct ampcli_status *out, struct finding *f)
{
        _cleanup_free_ char *why = NULL;
        int r = connector_may_run(sys, &why);

        if (r == 0)
                r = ampcli_ask(sys, out, &why);
        return r < 0 ? finding_unknown(f, r, "%s", why ? why : error_text(-r)) : 0;
}

/* 1: the connector says so, 0: it does not, said in F; -errno. */
static int is_raised(const struct sys *sys, const char *otherwise, struct finding *f)
{
        _cleanup_ampcli_ struct ampcli_status status = { 0 };
        const struct ampcli_fault *fault;
        int r = ask(sys, &status, f);

        if (r < 0)
                return r;
        fault = ampcli_fault(&status, ID);
        if (!fault && !ampcli_degraded(&status)) {
                finding_set(f, VERDICT_OK, NULL, "%s", otherwise);
                return 0;
        }
        finding_evidence(f, "ampcli status", fault && *fault->severity ? fault->severity : "raised",
                         "no fault 18");
        if (ampcli_degraded(&status))
                finding_evidence(f, "mode", status.mode, "Normal");
        return 1;
}

static int measure(const struct sys *sys, struct finding *f)
{
        _cleanup_events_ struct events all = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = events_measure(sys, WINDOW_MS, &all, &why);

        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        r = is_raised(sys, _("it was a short burst: gone when it was measured"), f);
        return r <= 0 ? r : judge(sys, &all, f);
}

static int event_overload_probe(const struct sys *sys, struct finding *f)
{
        int r = connector_judged_live(sys, N_("applies to a running system only"), f);
        if (r <= 0)
                return r;
        if (sys->depth == DEPTH_LOOK)
                return finding_set(f, VERDICT_NOT_ASKED, NULL,
                                   "only the connector knows: --prove asks it");
        r = is_raised(sys, _("the connector reports no overload"), f);
        return r <= 0 ? r : measure(sys, f);
}

static int event_overload_plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        (void)sys;
        finding_to_plan(f, plan);
        return 0;
}

extern const struct fault fault_event_overload;
const struct fault fault_event_overload = {
        .id = ID,
        .slug = "event-overload",
        .summary = N_("Connector event monitoring is overloaded"),
        .only_proved = true,
        .probe = event_overload_probe,
        .plan = event_overload_plan,
};
