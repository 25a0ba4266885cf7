/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on the SELinux policy store. A build is the same bytes for the same modules, so taking a
 * module away brings back the policy file that was; only a policy file that no build of the store
 * gave (rebuild-policy) is kept for undo. */
#include <errno.h>

#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/kind.h"
#include "selinux/secep_selinux.h"

#define POLICY_MAX ((size_t)64 * 1024 * 1024)

/* The store a step is about, and what is in it now. */
struct view {
        struct selinux_state state;
        struct selinux_store store;
};

static void view_free(struct view *v)
{
        selinux_state_free(&v->state);
        selinux_store_free(&v->store);
}
#define _cleanup_view_ _cleanup_(view_free)

/* TYPE: the store when the step was planned, or NULL for the configured one. */
static int view_read(const struct change *c, const char *type, struct view *out, char **why)
{
        int r = selinux_state_read(c->sys, &out->state, why);
        if (r < 0)
                return r;
        if (type && !streq(type, out->state.type))
                return fail(why, -ESTALE, "SELINUXTYPE is %s now, and was %s", out->state.type,
                            type);
        return selinux_store_read(c->sys, out->state.type, &out->store, why);
}

static int view_healed(const struct change *c, const char *type, struct view *out, char **why)
{
        int r = selinux_state_read(c->sys, &out->state, why);
        if (r == 0)
                r = selinux_heal(c->sys, out->state.type, why);
        selinux_state_free(&out->state);
        return r < 0 ? r : view_read(c, type, out, why);
}

static unsigned step_priority(const struct change *c)
{
        long priority = SELINUX_PRIORITY;
        (void)parse_long(c->step->key, 1, 999, &priority);
        return (unsigned)priority;
}

static int write_store(const struct change *c, const struct view *v, enum selinux_op op, char **why)
{
        struct selinux_change change = { .op = op,
                                         .type = v->state.type,
                                         .name = c->step->target,
                                         .priority = step_priority(c),
                                         .lang = "cil" };
        change.text = selinux_module_text(&change.len);
        return selinux_change(c->sys, &change, c->progress, why);
}

/* A killed writer may have left the policy file of before the change. */
static int build_if_stale(const struct change *c, const struct view *v, char **why)
{
        int built = selinux_store_is_built(c->sys, &v->store, v->state.policy, why);
        return built != 0 ? (built < 0 ? built : 0) : write_store(c, v, SELINUX_BUILD, why);
}

/* What undo did to the store holds in the kernel too. */
static int reload(const struct change *c, char **why)
{
        struct selinux_state state = { 0 };
        int r = c->sys->live ? selinux_state_read(c->sys, &state, why) : 0;
        bool on = state.mode == SELINUX_ENFORCING || state.mode == SELINUX_PERMISSIVE;
        selinux_state_free(&state);
        return r == 0 && on ? selinux_load(c->sys, why) : r;
}

static int remember_type(const struct change *c, json_t *undo, struct view *v, char **why)
{
        int r = view_read(c, NULL, v, why);
        if (r == 0)
                json_object_set_new(undo, "type", json_text_new(v->state.type));
        return r;
}

/* --- heal-store: what a killed writer left is not brought back --- */

static int heal_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        int r = remember_type(c, undo, &v, why);
        if (r == 0 && v.store.part)
                json_object_set_new(undo, "from", json_text_new(v.store.part));
        return r;
}

static int heal_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        return selinux_heal(c->sys, c->step->target, why);
}

static int nothing_to_revert(const struct change *c, const json_t *undo, char **why)
{
        (void)c, (void)undo, (void)why;
        return 0;
}

static int heal_happened(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        int r = view_read(c, json_text(undo, "type"), &v, why);
        return r < 0 ? r : v.store.path && !v.store.cut_off;
}

/* --- install-module --- */

static int install_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        _cleanup_free_ char *text = NULL, *lang = NULL, *kept = NULL;
        size_t len = 0;
        int r = remember_type(c, undo, &v, why);
        if (r < 0 || !selinux_store_has(&v.store, c->step->target, step_priority(c)))
                return r;
        r = selinux_store_module(c->sys, &v.store, c->step->target, step_priority(c), &text, &len,
                                 &lang, why);
        if (r == 0)
                r = runlog_keep(c->log, text, len, &kept, why);
        if (r == 0) {
                json_object_set_new(undo, "lang", json_text_new(lang));
                json_object_set_new(undo, "kept", json_text_new(kept));
        }
        return r;
}

static int is_installed(const struct change *c, const struct view *v, char **why)
{
        return selinux_store_is_ours(c->sys, &v->store, c->step->target, step_priority(c), why);
}

static int install_apply(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        int r = view_healed(c, json_text(undo, "type"), &v, why);
        if (r == 0)
                r = is_installed(c, &v, why);
        if (r < 0)
                return r;
        return r ? build_if_stale(c, &v, why) : write_store(c, &v, SELINUX_INSTALL, why);
}

static int install_happened(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        int r = view_read(c, json_text(undo, "type"), &v, why);
        return r < 0 ? r : is_installed(c, &v, why);
}

static int put_back(const struct change *c, const struct view *v, const json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL;
        struct selinux_change change = { .op = SELINUX_INSTALL,
                                         .type = v->state.type,
                                         .name = c->step->target,
                                         .priority = step_priority(c),
                                         .lang = json_text(undo, "lang") };
        int r = runlog_kept(c->sys, c->run, json_text(undo, "kept"), &text, &change.len, why);
        change.text = text;
        return r < 0 ? r : selinux_change(c->sys, &change, c->progress, why);
}

static int install_revert(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        int r = view_healed(c, json_text(undo, "type"), &v, why);
        int ours = r == 0 ? is_installed(c, &v, why) : r;
        if (ours < 0)
                return ours;
        if (!ours)
                r = build_if_stale(c, &v, why);
        else if (json_text(undo, "kept"))
                r = put_back(c, &v, undo, why);
        else
                r = write_store(c, &v, SELINUX_REMOVE, why);
        return r < 0 ? r : reload(c, why);
}

/* --- enable-module --- */

static int enable_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        return remember_type(c, undo, &v, why);
}

static int enable_happened(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        int r = view_read(c, json_text(undo, "type"), &v, why);
        if (r < 0 || !v.store.path)
                return r;
        return !selinux_store_is_disabled(c->sys, &v.store, c->step->target);
}

static int set_enabled(const struct change *c, const json_t *undo, bool on, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        int r = view_healed(c, json_text(undo, "type"), &v, why);
        if (r < 0)
                return r;
        if (selinux_store_is_disabled(c->sys, &v.store, c->step->target) == !on)
                return build_if_stale(c, &v, why);
        if (!on && selinux_store_priority(&v.store, c->step->target) == 0)
                return 0;
        return write_store(c, &v, on ? SELINUX_ENABLE : SELINUX_DISABLE, why);
}

static int enable_apply(const struct change *c, const json_t *undo, char **why)
{
        return set_enabled(c, undo, true, why);
}

static int enable_revert(const struct change *c, const json_t *undo, char **why)
{
        int r = set_enabled(c, undo, false, why);
        return r < 0 ? r : reload(c, why);
}

/* --- rebuild-policy --- */

static int rebuild_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        _cleanup_free_ char *data = NULL, *kept = NULL;
        size_t len = 0;
        int r = remember_type(c, undo, &v, why);
        if (r < 0 || !v.state.policy)
                return r;
        r = sys_read(c->sys, v.state.policy, POLICY_MAX, &data, &len);
        if (r < 0)
                return fail(why, r, "%s: %s", v.state.policy, strerror(-r));
        r = runlog_keep(c->log, data, len, &kept, why);
        if (r == 0) {
                json_object_set_new(undo, "policy", json_text_new(v.state.policy));
                json_object_set_new(undo, "kept", json_text_new(kept));
        }
        return r;
}

static int rebuild_apply(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        int r = view_healed(c, json_text(undo, "type"), &v, why);
        return r < 0 ? r : write_store(c, &v, SELINUX_BUILD, why);
}

static int rebuild_happened(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_view_ struct view v = { 0 };
        int r = view_read(c, json_text(undo, "type"), &v, why);
        if (r < 0 || !v.store.path || v.store.cut_off)
                return r;
        return selinux_store_is_built(c->sys, &v.store, v.state.policy, why);
}

static int rebuild_revert(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *data = NULL;
        size_t len = 0;
        const char *policy = json_text(undo, "policy");
        int r = policy ? rebuild_happened(c, undo, why) : 0;
        if (r <= 0)
                return r;
        r = runlog_kept(c->sys, c->run, json_text(undo, "kept"), &data, &len, why);
        if (r == 0)
                r = edit_replace(c->sys, policy, data, len, 0644, why);
        return r < 0 ? r : reload(c, why);
}

/* --- load-policy --- */

static int load_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        return selinux_load(c->sys, why);
}

static int load_happened(const struct change *c, const json_t *undo, char **why)
{
        struct selinux_question q = { .security_class = "bpf",
                                      .permissions = selinux_bpf_permissions };
        (void)undo;
        if (!c->sys->live)
                return 0;
        int r = selinux_ask_kernel(SELINUX_DOMAIN, &q, 1, why);
        return r < 0 ? r : q.answer == SELINUX_ALLOWED;
}

const struct kind kinds_selinux[] = {
        { STEP_HEAL_STORE, N_("heal the SELinux policy store"), 0, heal_prepare, heal_apply,
          nothing_to_revert, heal_happened },
        { STEP_INSTALL_MODULE, N_("install SELinux module"), 0, install_prepare, install_apply,
          install_revert, install_happened, N_("at priority %k") },
        { STEP_ENABLE_MODULE, N_("enable SELinux module"), 0, enable_prepare, enable_apply,
          enable_revert, enable_happened },
        { STEP_REBUILD_POLICY, N_("rebuild SELinux policy"), 0, rebuild_prepare, rebuild_apply,
          rebuild_revert, rebuild_happened },
        { STEP_LOAD_POLICY, N_("load SELinux policy"), KIND_LIVE, NULL, load_apply,
          nothing_to_revert, load_happened },
        { .verb = NULL },
};
