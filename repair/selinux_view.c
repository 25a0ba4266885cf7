/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repair/selinux_view.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/json.h"
#include "lib/util.h"

void selinux_view_free(struct selinux_view *v)
{
        selinux_state_free(&v->state);
        selinux_store_free(&v->store);
}

int selinux_view_read(const struct change *c, const char *type, struct selinux_view *out,
                      char **why)
{
        int r = selinux_state_read(c->sys, &out->state, why);
        if (r < 0)
                return r;
        if (type && !streq(type, out->state.type))
                return fail(why, -ESTALE, "SELINUXTYPE is %s now, and was %s", out->state.type,
                            type);
        return selinux_store_read(c->sys, out->state.type, &out->store, why);
}

int selinux_view_healed(const struct change *c, const char *type, struct selinux_view *out,
                        char **why)
{
        int r = selinux_state_read(c->sys, &out->state, why);
        if (r == 0)
                r = selinux_heal(c->sys, out->state.type, why);
        selinux_state_free(&out->state);
        return r < 0 ? r : selinux_view_read(c, type, out, why);
}

unsigned selinux_step_priority(const struct change *c)
{
        long priority = SELINUX_PRIORITY;
        (void)parse_long(c->step->key, 1, 999, &priority);
        return (unsigned)priority;
}

int selinux_write_store(const struct change *c, const struct selinux_view *v, enum selinux_op op,
                        char **why)
{
        struct selinux_change change = { .op = op,
                                         .type = v->state.type,
                                         .name = c->step->target,
                                         .priority = selinux_step_priority(c),
                                         .lang = "cil" };
        change.text = selinux_module_text(&change.len);
        return selinux_change(c->sys, &change, c->progress, why);
}

int selinux_build_if_stale(const struct change *c, const struct selinux_view *v, char **why)
{
        int built = selinux_store_is_built(c->sys, &v->store, v->state.policy, why);
        return built != 0 ? (built < 0 ? built : 0) : selinux_write_store(c, v, SELINUX_BUILD, why);
}

int selinux_stand_guarded(const struct change *c, const struct selinux_view *v, int stand,
                          char **why)
{
        _cleanup_free_ char *reason = NULL;
        int r = selinux_writable(c->sys, &v->state, &reason);
        if (r == -EXDEV && !c->sys->live)
                return fail(why, r,
                            "the libraries of this machine cannot write the policy of this root: "
                            "run \"chroot %s secep-repair --undo %s\"",
                            c->sys->root, c->run);
        return r < 0 ? fail(why, r, "%s", reason) : stand;
}

int selinux_stand_built(const struct change *c, const struct selinux_view *v, char **why)
{
        int built = v->store.cut_off
                            ? 0
                            : selinux_store_is_built(c->sys, &v->store, v->state.policy, why);
        if (built != 0)
                return built < 0 ? built : STAND_BEFORE;
        return selinux_stand_guarded(c, v, STAND_OURS, why);
}

static char *modules_path(const struct selinux_view *v)
{
        return v->store.path ? xasprintf("%s/%s/modules", v->store.path, v->store.part) : NULL;
}

bool selinux_has_priority(const struct change *c, const struct selinux_view *v)
{
        _cleanup_free_ char *modules = modules_path(v);
        _cleanup_free_ char *path =
                modules ? xasprintf("%s/%u", modules, selinux_step_priority(c)) : NULL;
        return path && sys_exists(c->sys, path);
}

void selinux_drop_priority(const struct change *c, const struct selinux_view *v)
{
        _cleanup_free_ char *modules = modules_path(v);
        _cleanup_free_ char *name = xasprintf("%u", selinux_step_priority(c));
        _cleanup_close_ int fd =
                modules ? sys_openat(c->sys, modules, O_PATH | O_DIRECTORY, 0) : -ENOENT;
        if (fd >= 0)
                (void)unlinkat(fd, name, AT_REMOVEDIR); /* not where somebody has a module in it */
}

int selinux_reload(const struct change *c, char **why)
{
        struct selinux_state state = { 0 };
        int r = c->sys->live ? selinux_state_read(c->sys, &state, why) : 0;
        bool on = state.mode == SELINUX_ENFORCING || state.mode == SELINUX_PERMISSIVE;
        selinux_state_free(&state);
        return r == 0 && on ? selinux_load(c->sys, why) : r;
}

int selinux_remember_type(const struct change *c, json_t *undo, struct selinux_view *v, char **why)
{
        int r = selinux_view_read(c, NULL, v, why);
        if (r == 0)
                json_object_set_new(undo, "type", json_text_new(v->state.type));
        return r;
}
