/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on the modules in the SELinux policy store. A build is the same bytes for the same modules, so
 * taking a module away brings back the policy file that was. */
#include <errno.h>

#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/selinux_view.h"

/* --- install-module --- */

static int install_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        _cleanup_free_ char *text = NULL, *lang = NULL, *kept = NULL;
        size_t len = 0;
        int r = selinux_remember_type(c, undo, &v, why);
        if (r < 0)
                return r;
        json_object_set_new(undo, "priority", json_boolean(selinux_has_priority(c, &v)));
        if (!selinux_store_has(&v.store, c->step->target, selinux_step_priority(c)))
                return 0;
        r = selinux_store_module(c->sys, &v.store, c->step->target, selinux_step_priority(c), &text,
                                 &len, &lang, why);
        if (r == 0)
                r = runlog_keep(c->log, text, len, &kept, why);
        if (r == 0) {
                json_object_set_new(undo, "lang", json_text_new(lang));
                json_object_set_new(undo, "kept", json_text_new(kept));
        }
        return r;
}

static int is_installed(const struct change *c, const struct selinux_view *v, char **why)
{
        return selinux_store_is_ours(c->sys, &v->store, c->step->target, selinux_step_priority(c),
                                     why);
}

static int install_apply(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        int r = selinux_view_healed(c, json_text(undo, "type"), &v, why);
        if (r == 0)
                r = is_installed(c, &v, why);
        if (r < 0)
                return r;
        return r ? selinux_build_if_stale(c, &v, why)
                 : selinux_write_store(c, &v, SELINUX_INSTALL, why);
}

/* Is the module what it was before (or absent, where it was)? 1, 0 or -errno. */
static int is_as_before(const struct change *c, const struct selinux_view *v, const json_t *undo,
                        char **why)
{
        _cleanup_free_ char *before = NULL, *now = NULL, *lang = NULL;
        size_t before_len = 0, now_len = 0;
        const char *kept = json_text(undo, "kept"), *lang_before = json_text(undo, "lang");
        unsigned priority = selinux_step_priority(c);
        bool there = v->store.path && selinux_store_has(&v->store, c->step->target, priority);
        if (!kept || !there)
                return !kept && !there;
        int r = runlog_kept(c->sys, c->run, kept, &before, &before_len, why);
        if (r == 0)
                r = selinux_store_module(c->sys, &v->store, c->step->target, priority, &now,
                                         &now_len, &lang, why);
        if (r < 0)
                return r;
        return before && now && before_len == now_len && memcmp(before, now, now_len) == 0 &&
               lang && lang_before && streq(lang, lang_before);
}

static int install_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        int r = selinux_view_read(c, json_text(undo, "type"), &v, why);
        int before = r < 0 ? r : is_as_before(c, &v, undo, why);
        if (before != 0)
                return before < 0 ? before : selinux_stand_built(c, &v, why);
        r = v.store.path ? is_installed(c, &v, why) : 0;
        if (r != 0)
                return r < 0 ? r : selinux_stand_guarded(c, &v, STAND_OURS, why);
        return fail(why, STAND_CHANGED, "the module of that priority has been changed since");
}

static int put_back(const struct change *c, const struct selinux_view *v, const json_t *undo,
                    char **why)
{
        _cleanup_free_ char *text = NULL;
        struct selinux_change change = { .op = SELINUX_INSTALL,
                                         .type = v->state.type,
                                         .name = c->step->target,
                                         .priority = selinux_step_priority(c),
                                         .lang = json_text(undo, "lang") };
        int r = runlog_kept(c->sys, c->run, json_text(undo, "kept"), &text, &change.len, why);
        change.text = text;
        return r < 0 ? r : selinux_change(c->sys, &change, c->progress, why);
}

static int install_revert(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        int r = selinux_view_healed(c, json_text(undo, "type"), &v, why);
        int ours = r == 0 ? is_installed(c, &v, why) : r;
        if (ours < 0)
                return ours;
        if (!ours)
                r = selinux_build_if_stale(c, &v, why);
        else if (json_text(undo, "kept"))
                r = put_back(c, &v, undo, why);
        else
                r = selinux_write_store(c, &v, SELINUX_REMOVE, why);
        if (r == 0 && json_is_false(json_object_get(undo, "priority")))
                selinux_drop_priority(c, &v);
        return r < 0 ? r : selinux_reload(c, why);
}

/* --- enable-module --- */

static int enable_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        return selinux_remember_type(c, undo, &v, why);
}

static int enable_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        int r = selinux_view_read(c, json_text(undo, "type"), &v, why);
        if (r < 0)
                return r;
        if (!v.store.path || selinux_store_priority(&v.store, c->step->target) == 0)
                return fail(why, STAND_CHANGED, "it is not in the store any more");
        return selinux_store_is_disabled(c->sys, &v.store, c->step->target)
                       ? selinux_stand_built(c, &v, why)
                       : selinux_stand_guarded(c, &v, STAND_OURS, why);
}

static int set_enabled(const struct change *c, const json_t *undo, bool on, char **why)
{
        _cleanup_selinux_view_ struct selinux_view v = { 0 };
        int r = selinux_view_healed(c, json_text(undo, "type"), &v, why);
        if (r < 0)
                return r;
        if (selinux_store_is_disabled(c->sys, &v.store, c->step->target) == !on)
                return selinux_build_if_stale(c, &v, why);
        if (!on && selinux_store_priority(&v.store, c->step->target) == 0)
                return 0;
        return selinux_write_store(c, &v, on ? SELINUX_ENABLE : SELINUX_DISABLE, why);
}

static int enable_apply(const struct change *c, const json_t *undo, char **why)
{
        return set_enabled(c, undo, true, why);
}

static int enable_revert(const struct change *c, const json_t *undo, char **why)
{
        int r = set_enabled(c, undo, false, why);
        return r < 0 ? r : selinux_reload(c, why);
}

const struct kind kinds_selinux[] = {
        { STEP_INSTALL_MODULE, N_("install SELinux module %t"), 0, install_prepare, install_apply,
          install_revert, install_stand, N_("install SELinux module %t at priority %k") },
        { STEP_ENABLE_MODULE, N_("enable SELinux module %t"), 0, enable_prepare, enable_apply,
          enable_revert, enable_stand },
        { .text = NULL },
};
