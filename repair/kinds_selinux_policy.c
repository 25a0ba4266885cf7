/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on the SELinux policy itself: healing the store, building and loading the policy. A build is
 * the same bytes for the same modules, so only a policy file that no build of the store gave is kept
 * for undo. */
#include <errno.h>

#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/selinux_view.h"

#define POLICY_MAX ((size_t)64 * 1024 * 1024)

/* --- heal-store: what a killed writer left is not brought back --- */

static int heal_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        int r = selinux_remember_type(c, undo, &v, why);
        if (r == 0 && v.store.part)
                json_object_set_new(undo, "from", json_text_new(v.store.part));
        return r;
}

static int heal_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        return selinux_heal(c->sys, c->step->target, why);
}

static int heal_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        int r = selinux_view_read(c, json_text(undo, "type"), &v, why);
        return r < 0 ? r : v.store.path && !v.store.cut_off ? STAND_OURS : STAND_BEFORE;
}

/* --- rebuild-policy --- */

static int rebuild_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        _cleanup_free_ char *data = NULL, *kept = NULL;
        size_t len = 0;
        int r = selinux_remember_type(c, undo, &v, why);
        if (r < 0 || !v.state.policy)
                return r;
        r = sys_read(c->sys, v.state.policy, POLICY_MAX, &data, &len);
        if (r < 0)
                return fail(why, r, "%s: %s", v.state.policy, error_text(-r));
        r = runlog_keep(c->log, data, len, &kept, why);
        if (r == 0) {
                json_object_set_new(undo, "policy", json_text_new(v.state.policy));
                json_object_set_new(undo, "kept", json_text_new(kept));
        }
        return r;
}

static int rebuild_apply(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        int r = selinux_view_healed(c, json_text(undo, "type"), &v, why);
        return r < 0 ? r : selinux_write_store(c, &v, SELINUX_BUILD, why);
}

/* Is the policy file the one that was kept? 1, 0 or -errno. */
static int is_kept(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *before = NULL, *now = NULL;
        size_t before_len = 0, now_len = 0;
        const char *policy = json_text(undo, "policy");
        int r = runlog_kept(c->sys, c->run, json_text(undo, "kept"), &before, &before_len, why);
        if (r < 0)
                return r;
        r = sys_read(c->sys, policy, POLICY_MAX, &now, &now_len);
        if (r < 0)
                return r == -ENOENT ? 0 : fail(why, r, "%s: %s", policy, error_text(-r));
        return before_len == now_len && memcmp(before, now, now_len) == 0;
}

static int rebuild_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        bool kept = json_text(undo, "policy") && json_text(undo, "kept");
        int r = selinux_view_read(c, json_text(undo, "type"), &v, why);
        if (r == 0 && kept)
                r = is_kept(c, undo, why);
        if (r < 0)
                return r;
        if (r > 0 || (!kept && !v.state.policy))
                return STAND_BEFORE;
        r = v.store.path && !v.store.cut_off
                    ? selinux_store_is_built(c->sys, &v.store, v.state.policy, why)
                    : 0;
        if (r < 0)
                return r;
        if (!r)
                return fail(why, STAND_CHANGED, "the policy has been changed since");
        return kept ? STAND_OURS
                    : fail(why, STAND_CHANGED,
                           "there was no policy file before, and none is not brought back");
}

static int rebuild_revert(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *data = NULL;
        size_t len = 0;
        int r = runlog_kept(c->sys, c->run, json_text(undo, "kept"), &data, &len, why);
        if (r == 0)
                r = edit_replace(c->sys, json_text(undo, "policy"), data, len, 0644, why);
        return r < 0 ? r : selinux_reload(c, why);
}

/* --- load-policy --- */

static int load_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        return selinux_load(c->sys, why);
}

static int load_stand(const struct change *c, const json_t *undo, char **why)
{
        struct selinux_question q = { .security_class = "bpf",
                                      .permissions = selinux_bpf_permissions };
        (void)undo;
        if (!c->sys->live)
                return STAND_BEFORE;
        int r = selinux_ask_kernel(SELINUX_DOMAIN, &q, 1, why);
        return r < 0 ? r : q.answer == SELINUX_ALLOWED ? STAND_OURS : STAND_BEFORE;
}

const struct kind kinds_selinux_policy[] = {
        { STEP_HEAL_STORE, N_("heal the SELinux policy store %t"), KIND_FINAL, heal_prepare,
          heal_apply, NULL, heal_stand },
        { STEP_REBUILD_POLICY, N_("rebuild SELinux policy %t"), 0, rebuild_prepare, rebuild_apply,
          rebuild_revert, rebuild_stand },
        { STEP_LOAD_POLICY, N_("load SELinux policy %t"), KIND_LIVE | KIND_FINAL, NULL, load_apply,
          NULL, load_stand },
        { .text = NULL },
};
