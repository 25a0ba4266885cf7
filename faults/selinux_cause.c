/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 19: why the rule is not in force. */
#include "faults/selinux_cause.h"

#include <errno.h>

#include "faults/allow.h"
#include "lib/i18n.h"
#include "lib/util.h"

void selinux_diagnosis_free(struct selinux_diagnosis *d)
{
        free(d->why);
        free(d->boolean);
}

static bool policy_has_rule(const struct sys *sys, const char *path)
{
        struct selinux_question q = { .security_class = "bpf",
                                      .permissions = selinux_bpf_permissions };
        return path && selinux_ask_policy(sys, path, SELINUX_DOMAIN, &q, 1, NULL) == 0 &&
               q.answer == SELINUX_ALLOWED;
}

static void need_build(struct selinux_diagnosis *d, const char *module)
{
        d->cause = CAUSE_CUT_OFF;
        d->build = true;
        d->why =
                xasprintf(_("the store has %s, but the policy file was not built from it"), module);
}

static void need_enable(struct selinux_diagnosis *d, const char *module)
{
        d->cause = CAUSE_DISABLED;
        d->module = module;
        d->enable = true;
        d->why = xasprintf(_("the policy module %s is disabled"), module);
}

/* A module of the same name above ours. */
static int judge_shadowed(const struct sys *sys, const struct selinux_store *store,
                          const struct selinux_state *state, unsigned priority,
                          struct selinux_diagnosis *d, char **why)
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
                d->why =
                        xasprintf(_("the module %s at priority %u lacks the rule and outranks ours "
                                    "at %d: upgrade the connector, or allow a module beside it "
                                    "(--allow second-module)"),
                                  SELINUX_MODULE, priority, SELINUX_PRIORITY);
        }
        return 0;
}

static int judge_ours(const struct sys *sys, const struct selinux_store *store,
                      struct selinux_diagnosis *d, char **why)
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
                d->why = xasprintf(_("the module %s at priority %d is not the one of this version"),
                                   SELINUX_MODULE, SELINUX_PRIORITY);
        }
        return 0;
}

static void judge_missing(const struct sys *sys, const struct selinux_store *store,
                          struct selinux_diagnosis *d)
{
        d->cause = CAUSE_MISSING;
        d->module = SELINUX_MODULE;
        d->install = true;
        d->enable = store->path && selinux_store_is_disabled(sys, store, SELINUX_MODULE);
        d->why = xasprintf(_("the policy does not let %s use eBPF, and no module %s allows it"),
                           SELINUX_DOMAIN, SELINUX_MODULE);
}

/* The rule is there, and another statement takes it away: no module changes that. */
static void set_denied(const struct sys *sys, const struct selinux_state *state,
                       struct selinux_diagnosis *d)
{
        struct selinux_question q = { .security_class = "bpf",
                                      .permissions = selinux_bpf_permissions };
        _cleanup_free_ char *by = selinux_denied_why(sys, state->policy, SELINUX_DOMAIN, &q);
        free(d->why);
        d->cause = CAUSE_DENIED;
        d->build = d->load = false;
        d->why = xasprintf(_("the policy has our rule, and another statement denies %s bpf { %s }: "
                             "%s"),
                           SELINUX_DOMAIN, q.denied ? q.denied : "?",
                           by ? by : _("libsepol does not say which"));
}

static bool denied_despite(const struct sys *sys, const struct selinux_state *state)
{
        struct selinux_question q = { .security_class = "bpf",
                                      .permissions = selinux_bpf_permissions };
        return state->policy && selinux_denied_despite(sys, state->policy, SELINUX_DOMAIN, &q);
}

/* The policy file is what the store gives, our rule is in the store, and it is denied all the same:
 * to build it again would give the same file. */
static int judge_denied(const struct sys *sys, const struct selinux_store *store,
                        const struct selinux_state *state, struct selinux_diagnosis *d, char **why)
{
        int built = selinux_store_is_built(sys, store, state->policy, why);
        if (built > 0)
                set_denied(sys, state, d);
        return built < 0 ? built : 0;
}

static int judge_store(const struct sys *sys, const struct selinux_state *state,
                       struct selinux_diagnosis *d, char **why)
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
        if (r == 0 && d->build && !store.cut_off)
                r = judge_denied(sys, &store, state, d, why);
        d->heal = store.cut_off;
        if (r == 0 && store.cut_off) {
                free(d->why);
                d->cause = CAUSE_CUT_OFF;
                d->why = xasprintf(_("a writer of the policy store was killed: %s has no active "
                                     "store, only %s"),
                                   store.path, store.part);
        }
        return r;
}

/* The policy file is gone and the store is whole: built again, with our module where it lacks one. */
static int judge_policy(const struct sys *sys, const struct selinux_state *state,
                        struct selinux_diagnosis *d, char **why)
{
        _cleanup_selinux_store_ struct selinux_store store = { 0 };
        int r = selinux_store_read(sys, state->type, &store, why);
        if (r < 0)
                return r;
        struct selinux_question q = { .security_class = "bpf",
                                      .permissions = selinux_bpf_permissions };
        _cleanup_free_ char *built = xasprintf("%s/%s/policy.kern", store.path, store.part);
        bool lacks = selinux_ask_policy(sys, built, SELINUX_DOMAIN, &q, 1, NULL) == 0 &&
                     q.answer == SELINUX_DENIED;
        d->cause = CAUSE_POLICY;
        d->module = SELINUX_MODULE;
        d->install = lacks && selinux_store_priority(&store, SELINUX_MODULE) == 0;
        d->build = !d->install;
        d->why = xasprintf(_("SELinux enforces and /etc/selinux/%s/policy has no policy file: the "
                             "next boot would be without a policy"),
                           state->type);
        return 0;
}

/* What nobody could ask is no "none does": the rule would go over what an administrator set. */
static int boolean_unknown(int r, char **why)
{
        if (r == -E2BIG)
                return fail(why, r,
                            "more booleans of the policy concern eBPF than are tried, so one that "
                            "takes it away from %s cannot be ruled out; --allow boolean installs "
                            "the rule all the same",
                            SELINUX_DOMAIN);
        return fail(why, r == -ENOENT ? -EIO : r,
                    "whether a boolean takes eBPF away from %s cannot be told (%s); --allow "
                    "boolean installs the rule all the same",
                    SELINUX_DOMAIN, error_text(-r));
}

/* 1: an administrator's boolean takes the right away, said in D; 0: none does; or -errno with *WHY. */
static int judge_boolean(const struct sys *sys, const struct selinux_state *state,
                         struct selinux_diagnosis *d, char **why)
{
        const struct selinux_question q = { .security_class = "bpf",
                                            .permissions = selinux_bpf_permissions };
        const char *policy = sys->live ? SELINUX_LOADED_POLICY : state->policy;
        int r = policy ? selinux_denied_boolean(sys, policy, SELINUX_DOMAIN, &q, &d->boolean,
                                                &d->boolean_on)
                       : 0;
        if (r < 0 && !(sys->allow & ALLOW_BOOLEAN))
                return boolean_unknown(r, why);
        if (r <= 0)
                return 0;
        d->cause = CAUSE_BOOLEAN;
        d->why =
                xasprintf(_("the boolean %s is %s, which takes eBPF away from %s: turn it back, or "
                            "let the rule be installed all the same (--allow boolean)"),
                          d->boolean, d->boolean_on ? _("on") : _("off"), SELINUX_DOMAIN);
        return 1;
}

int selinux_diagnose(const struct sys *sys, const struct selinux_state *state,
                     struct selinux_diagnosis *d, char **why)
{
        d->load = sys->live;
        if (!state->policy && state->store)
                return judge_policy(sys, state, d, why);
        if (denied_despite(sys, state)) {
                set_denied(sys, state, d);
                return 0;
        }
        bool file_has_rule = sys->live && policy_has_rule(sys, state->policy);
        int boolean = judge_boolean(sys, state, d, why);
        if (boolean < 0)
                return boolean;
        if (boolean && !(sys->allow & ALLOW_BOOLEAN)) {
                d->load = false;
                return 0;
        }
        free(TAKE_PTR(d->why));
        if (boolean || !file_has_rule)
                return judge_store(sys, state, d, why);
        d->cause = CAUSE_NOT_LOADED;
        d->why = xasprintf(_("%s has the rule, but the running kernel has another policy loaded"),
                           state->policy);
        return 0;
}
