/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 19 SELinux policy missing or disabled: may the connector's domain use eBPF? */
#include <errno.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "faults/fault.h"
#include "selinux/secep-selinux.h"

#define CAUSE_MISSING "module-missing"
#define CAUSE_DISABLED "module-disabled"
#define CAUSE_DIFFERS "module-differs"
#define CAUSE_NOT_LOADED "not-loaded"
#define CAUSE_SHADOWED "module-shadowed"
#define CAUSE_OTHER_DOMAIN "other-domain"
#define CAUSE_CUT_OFF "store-cut-off"

/* Why the rule is not in force, and what would bring it. */
struct diagnosis {
        const char *cause;
        const char *module; /* the one to install or enable */
        bool heal, install, enable, build, load;
        char *why;
};

static void diagnosis_free(struct diagnosis *d)
{
        free(d->why);
}

struct questions {
        struct selinux_question bpf, perf;
};
#define QUESTIONS                                                                                  \
        {                                                                                          \
                { .security_class = "bpf", .permissions = selinux_bpf_permissions },               \
                {                                                                                  \
                        .security_class = "perf_event", .permissions = selinux_perf_permissions    \
                }                                                                                  \
        }

/* --- which cause --- */

static bool policy_has_rule(const struct sys *sys, const char *path)
{
        struct selinux_question q = { .security_class = "bpf",
                                      .permissions = selinux_bpf_permissions };
        return path && selinux_ask_policy(sys, path, SELINUX_DOMAIN, &q, 1, NULL) == 0 &&
               q.answer == SELINUX_ALLOWED;
}

static void need_build(struct diagnosis *d, const char *module)
{
        d->cause = CAUSE_CUT_OFF;
        d->build = true;
        d->why = xasprintf("the store has %s and the policy file was not built from it", module);
}

static void need_enable(struct diagnosis *d, const char *module)
{
        d->cause = CAUSE_DISABLED;
        d->module = module;
        d->enable = true;
        d->why = xasprintf("the policy module %s is disabled", module);
}

/* A module of the same name above ours. */
static int judge_shadowed(const struct sys *sys, const struct selinux_store *store,
                          const struct selinux_state *state, unsigned priority, struct diagnosis *d,
                          char **why)
{
        _cleanup_free_ char *built = xasprintf("%s/%s/policy.kern", store->path, store->part);
        int second =
                selinux_store_is_ours(sys, store, SELINUX_MODULE_SECOND, SELINUX_PRIORITY, why);
        if (second < 0)
                return second;
        if (selinux_store_is_disabled(sys, store, SELINUX_MODULE)) {
                need_enable(d, SELINUX_MODULE);
        } else if (second && selinux_store_is_disabled(sys, store, SELINUX_MODULE_SECOND)) {
                need_enable(d, SELINUX_MODULE_SECOND);
        } else if (second || (selinux_store_is_built(sys, store, state->policy, NULL) == 0 &&
                              policy_has_rule(sys, built))) {
                need_build(d, second ? SELINUX_MODULE_SECOND : SELINUX_MODULE);
        } else {
                d->cause = CAUSE_SHADOWED;
                d->module = SELINUX_MODULE_SECOND;
                d->install = true;
                d->why = xasprintf("the module %s at priority %u lacks the rule and outranks ours "
                                   "at %d: upgrade the connector, or allow a module beside it "
                                   "(--allow second-module)",
                                   SELINUX_MODULE, priority, SELINUX_PRIORITY);
        }
        return 0;
}

static int judge_ours(const struct sys *sys, const struct selinux_store *store, struct diagnosis *d,
                      char **why)
{
        int ours = selinux_store_is_ours(sys, store, SELINUX_MODULE, SELINUX_PRIORITY, why);
        if (ours < 0)
                return ours;
        if (selinux_store_is_disabled(sys, store, SELINUX_MODULE)) {
                need_enable(d, SELINUX_MODULE);
                d->install = !ours;
        } else if (ours) {
                need_build(d, SELINUX_MODULE);
        } else {
                d->cause = CAUSE_DIFFERS;
                d->module = SELINUX_MODULE;
                d->install = true;
                d->why = xasprintf("the module %s at priority %d is not the one of this version",
                                   SELINUX_MODULE, SELINUX_PRIORITY);
        }
        return 0;
}

static void judge_missing(const struct sys *sys, const struct selinux_store *store,
                          struct diagnosis *d)
{
        d->cause = CAUSE_MISSING;
        d->module = SELINUX_MODULE;
        d->install = true;
        d->enable = store->path && selinux_store_is_disabled(sys, store, SELINUX_MODULE);
        d->why = xasprintf("the policy does not let %s use eBPF, and no module %s gives it that",
                           SELINUX_DOMAIN, SELINUX_MODULE);
}

static int judge_store(const struct sys *sys, const struct selinux_state *state,
                       struct diagnosis *d, char **why)
{
        _cleanup_selinux_store_ struct selinux_store store = { 0 };
        int r = selinux_store_read(sys, state->type, &store, why);
        if (r < 0)
                return r;
        unsigned priority = selinux_store_priority(&store, SELINUX_MODULE);
        if (priority > SELINUX_PRIORITY)
                r = judge_shadowed(sys, &store, state, priority, d, why);
        else if (priority == SELINUX_PRIORITY)
                r = judge_ours(sys, &store, d, why);
        else
                judge_missing(sys, &store, d);
        d->heal = store.cut_off;
        if (r == 0 && store.cut_off) {
                free(d->why);
                d->cause = CAUSE_CUT_OFF;
                d->why = xasprintf("a writer of the policy store was killed: %s has no active "
                                   "store, only %s",
                                   store.path, store.part);
        }
        return r;
}

static int diagnose(const struct sys *sys, const struct selinux_state *state, struct diagnosis *d,
                    char **why)
{
        d->load = sys->live;
        if (!sys->live || !policy_has_rule(sys, state->policy))
                return judge_store(sys, state, d, why);
        d->cause = CAUSE_NOT_LOADED;
        d->why = xasprintf("%s has the rule and the running kernel was given another policy",
                           state->policy);
        return 0;
}

/* --- is the rule in force --- */

static int ask(const struct sys *sys, const struct selinux_state *state, struct questions *q,
               char **why)
{
        struct selinux_question both[] = { q->bpf, q->perf };
        int r = sys->live ? selinux_ask_kernel(SELINUX_DOMAIN, both, ARRAY_SIZE(both), why)
                          : selinux_ask_policy(sys, state->policy, SELINUX_DOMAIN, both,
                                               ARRAY_SIZE(both), why);
        if (r == 0)
                *q = (struct questions){ both[0], both[1] };
        return r;
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

static int missing_rule(const struct sys *sys, const struct selinux_state *state, struct finding *f)
{
        _cleanup_(diagnosis_free) struct diagnosis d = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = diagnose(sys, state, &d, &why);
        if (r == -ENOENT)
                return finding_set(f, VERDICT_BLOCKED, CAUSE_CUT_OFF,
                                   "%s: bring it back from a backup, or reinstall the policy", why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        bool person = streq(d.cause, CAUSE_SHADOWED) && !(sys->allow & ALLOW_SECOND_MODULE);
        return finding_set(f, person ? VERDICT_BLOCKED : VERDICT_FAULT, d.cause, "%s", d.why);
}

static int judge(const struct sys *sys, const struct selinux_state *state,
                 const struct questions *q, struct finding *f)
{
        switch (q->bpf.answer) {
        case SELINUX_ALLOWED:
                note_perf(&q->perf, f);
                note_cut_off(sys, state, f);
                return finding_set(f, VERDICT_OK, NULL, "the policy lets %s use eBPF",
                                   SELINUX_DOMAIN);
        case SELINUX_DENIED:
                finding_evidence(f, SELINUX_DOMAIN " self:bpf", q->bpf.denied, "allowed");
                return missing_rule(sys, state, f);
        case SELINUX_DOMAIN_PERMISSIVE:
                return finding_set(f, VERDICT_NOT_APPLICABLE, NULL,
                                   "the domain %s is permissive: nothing is denied to it",
                                   SELINUX_DOMAIN);
        case SELINUX_NO_DOMAIN:
                return finding_set(f, VERDICT_NOT_APPLICABLE, NULL,
                                   "the policy \"%s\" has no domain %s", state->type,
                                   SELINUX_DOMAIN);
        case SELINUX_UNKNOWN_ALLOWED:
                return finding_set(f, VERDICT_NOT_APPLICABLE, NULL,
                                   "the policy \"%s\" has no class bpf and lets unknown classes "
                                   "pass",
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

/* 1: the finding is set by the domain ampdaemon really runs in. */
static int judge_other_domain(const struct sys *sys, struct finding *f)
{
        _cleanup_free_ char *context = NULL;
        _cleanup_free_ char *why = NULL;
        if (!sys->live || connector_installed(sys, NULL) != 1 ||
            selinux_context_of(sys, connector_path(sys, PATH_DAEMON), &context) < 0 || !context ||
            strstr(context, ":" SELINUX_DOMAIN))
                return 0;
        struct questions init = QUESTIONS;
        struct selinux_question q[] = { init.bpf, init.perf };
        int r = selinux_ask_kernel(context, q, ARRAY_SIZE(q), &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        finding_evidence(f, "domain of ampdaemon", context, SELINUX_DOMAIN);
        for (size_t i = 0; i < ARRAY_SIZE(q); i++) {
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
                           selinux_mode_name(state->mode));
}

static int probe(const struct sys *sys, struct finding *f)
{
        _cleanup_selinux_state_ struct selinux_state state = { 0 };
        _cleanup_free_ char *why = NULL;
        struct questions q = QUESTIONS;
        int r = selinux_state_read(sys, &state, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        if (state.mode != SELINUX_ENFORCING)
                return not_enforcing(&state, f);
        finding_evidence(f, "SELinux", selinux_mode_name(state.mode), NULL);
        r = judge_other_domain(sys, f);
        if (r != 0)
                return r < 0 ? r : 0;
        r = ask(sys, &state, &q, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        return judge(sys, &state, &q, f);
}

static void add_steps(const struct diagnosis *d, const char *type, struct plan *plan)
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

static int plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        _cleanup_selinux_state_ struct selinux_state state = { 0 };
        _cleanup_(diagnosis_free) struct diagnosis d = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = selinux_state_read(sys, &state, &why);
        if (r == 0)
                r = diagnose(sys, &state, &d, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        bool writes = d.heal || d.install || d.enable || d.build;
        if (writes && selinux_writable(sys, &state, &why) < 0)
                return finding_set(f, VERDICT_BLOCKED, d.cause, "%s", why);
        add_steps(&d, state.type, plan);
        return 0;
}

static const struct fault_failure failures[] = {
        { -EBADMSG, VERDICT_BLOCKED, "store-broken" },
        { -EAGAIN, VERDICT_FAULT, "store-locked" },
        { .cause = NULL },
};

extern const struct fault fault_selinux_policy;
const struct fault fault_selinux_policy = {
        .id = 19,
        .slug = "selinux-policy",
        .summary = "SELinux policy missing or disabled",
        .restarts = true,
        .failures = failures,
        .probe = probe,
        .plan = plan,
};
