/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 19 SELinux policy missing or disabled: may the connector's domain use eBPF? */
#include <errno.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "faults/advice.h"
#include "faults/allow.h"
#include "faults/fault.h"
#include "faults/selinux_cause.h"
#include "host/process.h"
#include "lib/i18n.h"

enum { BPF, PERF, QUESTIONS };
#define QUESTIONS_INIT                                                                             \
        {                                                                                          \
                [BPF] = { .security_class = "bpf", .permissions = selinux_bpf_permissions },       \
                [PERF] = { .security_class = "perf_event",                                         \
                           .permissions = selinux_perf_permissions },                              \
        }

/* The copy a rehearsal works on has the kernel's files read-only: no question can be written there,
 * and what the kernel was given can still be read. */
static int ask_live(const struct sys *sys, const char *context,
                    struct selinux_question q[static QUESTIONS], char **why)
{
        _cleanup_free_ char *reason = NULL;
        int r = selinux_ask_kernel(context, q, QUESTIONS, &reason);
        if (r == -EROFS)
                return selinux_ask_policy(sys, SELINUX_LOADED_POLICY, context, q, QUESTIONS, why);
        return r < 0 ? fail(why, r, "%s", reason) : 0;
}

static int ask(const struct sys *sys, const struct selinux_state *state,
               struct selinux_question q[static QUESTIONS], char **why)
{
        if (sys->live)
                return ask_live(sys, SELINUX_DOMAIN, q, why);
        return selinux_ask_policy(sys, state->policy, SELINUX_DOMAIN, q, QUESTIONS, why);
}

static void note_perf(const struct selinux_question *perf, struct finding *f)
{
        if (perf->answer == SELINUX_DENIED)
                finding_note(f,
                             "the policy denies %s perf_event { %s }: the connector cannot attach "
                             "kprobes and tracepoints",
                             SELINUX_DOMAIN, perf->denied);
}

static void note_cut_off(const struct sys *sys, const struct selinux_state *state,
                         struct finding *f)
{
        _cleanup_selinux_store_ struct selinux_store store = { 0 };
        int r = selinux_store_read(sys, state->type, &store, NULL);
        if (r == -ENOENT || store.cut_off)
                finding_note(f,
                             "the SELinux policy store was cut off by a killed writer: it has no "
                             "active part, and every later change of policy will fail");
}

static void learn(const struct selinux_diagnosis *d, const char *type, struct plan *plan)
{
        _cleanup_free_ char *priority = xasprintf("%d", SELINUX_PRIORITY);
        if (d->heal)
                plan_add(plan, STEP_HEAL_STORE, type, NULL, NULL);
        if (d->install)
                plan_add(plan, STEP_INSTALL_MODULE, d->module, priority, NULL);
        if (d->enable)
                plan_add(plan, STEP_ENABLE_MODULE, d->module, NULL, NULL);
        if (d->build)
                plan_add(plan, STEP_REBUILD_POLICY, type, NULL, NULL);
        if (d->load)
                plan_add(plan, STEP_LOAD_POLICY, type, NULL, NULL);
}

/* On a running system the administrator's own setting is turned back; what a root that is not running
 * was built with is its own tools' to change. */
static void boolean_do(const struct sys *sys, const struct selinux_diagnosis *d, struct finding *f)
{
        finding_evidence(f, d->boolean, d->boolean_on ? "on" : "off", d->boolean_on ? "off" : "on");
        if (sys->live)
                advice_run(sys, f, "setsebool", "-P", d->boolean, d->boolean_on ? "off" : "on",
                           (char *)NULL);
        else
                advice_ours(sys, f, 19, "--allow boolean");
}

static int missing_rule(const struct sys *sys, const struct selinux_state *state, struct finding *f)
{
        _cleanup_selinux_diagnosis_ struct selinux_diagnosis d = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = selinux_diagnose(sys, state, &d, &why);
        if (r == -ENOENT)
                return finding_set(f, VERDICT_BLOCKED, CAUSE_CUT_OFF,
                                   "%s: restore it from a backup, or reinstall the policy", why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        bool person = streq(d.cause, CAUSE_DENIED) || streq(d.cause, CAUSE_BOOLEAN) ||
                      (streq(d.cause, CAUSE_SHADOWED) && !(sys->allow & ALLOW_SECOND_MODULE));
        learn(&d, state->type, &f->learned);
        finding_set(f, person ? VERDICT_BLOCKED : VERDICT_FAULT, d.cause, "%s", d.why);
        if (streq(d.cause, CAUSE_BOOLEAN))
                boolean_do(sys, &d, f);
        return 0;
}

static int judge(const struct sys *sys, const struct selinux_state *state,
                 const struct selinux_question *q, struct finding *f)
{
        switch (q[BPF].answer) {
        case SELINUX_ALLOWED:
                note_perf(&q[PERF], f);
                note_cut_off(sys, state, f);
                return finding_set(f, VERDICT_OK, NULL, "the policy lets %s use eBPF",
                                   SELINUX_DOMAIN);
        case SELINUX_DENIED:
                finding_evidence(f, SELINUX_DOMAIN " self:bpf", q[BPF].denied, "allowed");
                finding_detail(f);
                return missing_rule(sys, state, f);
        case SELINUX_DOMAIN_PERMISSIVE:
                return finding_set(f, VERDICT_NOT_APPLICABLE, NULL,
                                   "the domain %s is permissive: nothing is denied",
                                   SELINUX_DOMAIN);
        case SELINUX_NO_DOMAIN:
                return finding_set(f, VERDICT_NOT_APPLICABLE, NULL,
                                   "the policy \"%s\" has no domain %s", state->type,
                                   SELINUX_DOMAIN);
        case SELINUX_UNKNOWN_ALLOWED:
                return finding_set(f, VERDICT_NOT_APPLICABLE, NULL,
                                   "the policy \"%s\" has no class bpf and allows unknown classes",
                                   state->type);
        case SELINUX_UNKNOWN_DENIED:
                return finding_set(f, VERDICT_BLOCKED, CAUSE_MISSING,
                                   "the policy \"%s\" has no class bpf and denies unknown classes: "
                                   "no module can allow it, a newer policy can",
                                   state->type);
        case SELINUX_UNTOLD:
                break;
        }
        return finding_unknown(f, -EIO, "the policy gave no answer");
}

/* --- the daemon in a domain of its own --- */

/* What the connector's daemon runs as; NULL: it does not run, or nobody says. */
static char *daemon_context(const struct sys *sys)
{
        _cleanup_free_ struct process *found = NULL;
        size_t n = 0;
        if (!sys->live || connector_installed(sys, NULL) != 1 ||
            process_find(sys, connector_path(sys, PATH_DAEMON), &found, &n, NULL) < 0 || n == 0)
                return NULL;
        return selinux_context_of(sys, found[n - 1].pid);
}

/* 1: the finding is set by the domain ampdaemon really runs in. */
static int judge_other_domain(const struct sys *sys, struct finding *f)
{
        _cleanup_free_ char *context = daemon_context(sys);
        _cleanup_free_ char *why = NULL;
        if (!context || strstr(context, ":" SELINUX_DOMAIN))
                return 0;
        struct selinux_question q[QUESTIONS] = QUESTIONS_INIT;
        int r = ask_live(sys, context, q, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        finding_evidence(f, "domain of ampdaemon", context, SELINUX_DOMAIN);
        finding_detail(f);
        for (size_t i = 0; i < QUESTIONS; i++) {
                if (q[i].answer != SELINUX_DENIED && q[i].answer != SELINUX_UNKNOWN_DENIED)
                        continue;
                finding_set(f, VERDICT_BLOCKED, CAUSE_OTHER_DOMAIN,
                            "ampdaemon runs as %s, which is denied %s { %s }: our module is for "
                            "%s only",
                            context, q[i].security_class, q[i].denied ? q[i].denied : "all",
                            SELINUX_DOMAIN);
                return 1;
        }
        finding_set(f, VERDICT_OK, NULL, "ampdaemon runs as %s, which may use eBPF", context);
        return 1;
}

static int not_enforcing(const struct selinux_state *state, struct finding *f)
{
        if (state->mode == SELINUX_PERMISSIVE && state->configured == SELINUX_ENFORCING)
                finding_note(f, "SELinux is permissive now, and /etc/selinux/config makes it "
                                "enforcing at the next boot");
        return finding_set(f, VERDICT_NOT_APPLICABLE, NULL, "SELinux is %s",
                           _(selinux_mode_name(state->mode)));
}

static void drop_state(void *state)
{
        selinux_state_free(state);
        free(state);
}

static int judge_enforcing(const struct sys *sys, const struct selinux_state *state,
                           struct finding *f)
{
        _cleanup_free_ char *why = NULL;
        struct selinux_question q[QUESTIONS] = QUESTIONS_INIT;
        finding_evidence(f, "SELinux", selinux_mode_name(state->mode), NULL);
        if (!state->policy && state->store)
                return missing_rule(sys, state, f);
        int r = judge_other_domain(sys, f);
        if (r != 0)
                return r < 0 ? r : 0;
        r = ask(sys, state, q, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        return judge(sys, state, q, f);
}

/* The state goes with the finding: the plan asks whether it may be written. */
static int probe(const struct sys *sys, struct finding *f)
{
        _cleanup_free_ char *why = NULL;
        struct selinux_state *state = xcalloc(1, sizeof(*state));
        finding_facts(f, state, drop_state);
        int r = selinux_state_read(sys, state, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        if (state->mode != SELINUX_ENFORCING)
                return not_enforcing(state, f);
        return judge_enforcing(sys, state, f);
}

static bool writes(const struct plan *plan)
{
        for (size_t i = 0; i < plan->n; i++)
                if (plan->steps[i].kind != STEP_LOAD_POLICY)
                        return true;
        return false;
}

static int plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        _cleanup_free_ char *why = NULL;
        if (writes(&f->learned) && selinux_writable(sys, f->facts, &why) < 0)
                return finding_set(f, VERDICT_BLOCKED, f->cause, "%s", why);
        finding_to_plan(f, plan);
        return 0;
}

static const struct fault_failure failures[] = {
        { -EBADMSG, VERDICT_BLOCKED, "store-broken" },
        { -EKEYREJECTED, VERDICT_BLOCKED, CAUSE_DENIED }, /* a neverallow */
        { -ENOPKG, VERDICT_BLOCKED, "tools-missing" },
        { -EAGAIN, VERDICT_FAULT, "store-locked" },
        { .cause = NULL },
};

extern const struct fault fault_selinux_policy;
const struct fault fault_selinux_policy = {
        .id = 19,
        .slug = "selinux-policy",
        .summary = N_("SELinux policy missing or disabled"),
        .restarts = true,
        .failures = failures,
        .probe = probe,
        .plan = plan,
};
