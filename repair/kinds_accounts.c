/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on users, groups and login.defs. */
#include <errno.h>

#include "accounts/accounts.h"
#include "accounts/toggle.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/kind.h"

static json_int_t number(const json_t *undo, const char *key)
{
        return json_integer_value(json_object_get(undo, key));
}

static void set_number(json_t *undo, const char *key, json_int_t n)
{
        json_object_set_new(undo, key, json_integer(n));
}

/* What every step on the account files needs to know before it. */
static int look(const struct change *c, struct account *a, char **why)
{
        int r = account_changeable(c->sys, why);
        return r < 0 ? r : account_read(c->sys, c->step->target, a, why);
}

static int create_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        unsigned unterminated = 0;
        int r = look(c, &a, why);
        if (r == 0)
                r = account_unterminated(c->sys, &unterminated, why);
        if (r < 0)
                return r;
        bool existed = c->step->kind == STEP_CREATE_USER ? a.user : a.group;
        json_object_set_new(undo, "existed", json_boolean(existed));
        set_number(undo, "unterminated", unterminated);
        return 0;
}

static bool existed(const json_t *undo)
{
        return json_is_true(json_object_get(undo, "existed"));
}

static int group_apply(const struct change *c, const json_t *undo, char **why)
{
        if (existed(undo))
                return 0;
        return account_create_group(c->sys, c->step->target, c->step->key, c->lock_fd, why);
}

static int group_revert(const struct change *c, const json_t *undo, char **why)
{
        if (existed(undo))
                return 0;
        return account_remove_group(c->sys, c->step->target, (unsigned)number(undo, "unterminated"),
                                    why);
}

static int group_happened(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        int r = account_read(c->sys, c->step->target, &a, why);
        return r < 0 ? r : a.group && !existed(undo);
}

static int user_apply(const struct change *c, const json_t *undo, char **why)
{
        if (existed(undo))
                return 0;
        return account_create_user(c->sys, c->step->target, c->step->key, c->lock_fd, why);
}

static int user_revert(const struct change *c, const json_t *undo, char **why)
{
        if (existed(undo))
                return 0;
        return account_remove_user(c->sys, c->step->target, (unsigned)number(undo, "unterminated"),
                                   why);
}

static int user_happened(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        int r = account_read(c->sys, c->step->target, &a, why);
        return r < 0 ? r : a.user && !existed(undo);
}

/* The steps that change one number: which field, and where its new value comes from. */
static const struct numbered {
        enum step_kind kind;
        enum account_field field;
} numbered[] = {
        { STEP_SET_PRIMARY_GROUP, ACCOUNT_PRIMARY_GID },
        { STEP_RENUMBER_USER, ACCOUNT_UID },
        { STEP_RENUMBER_GROUP, ACCOUNT_GROUP_GID },
};

static enum account_field field_of(const struct change *c)
{
        for (size_t i = 0; i < ARRAY_SIZE(numbered); i++)
                if (numbered[i].kind == c->step->kind)
                        return numbered[i].field;
        abort();
}

static unsigned field_value(const struct account *a, enum account_field field)
{
        return field == ACCOUNT_UID ? a->uid : field == ACCOUNT_PRIMARY_GID ? a->primary : a->gid;
}

static int group_id(const struct change *c, const char *group, unsigned *out, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        int r = account_read(c->sys, group, &a, why);
        if (r < 0)
                return r;
        if (!a.group)
                return fail(why, -ENOENT, "there is no group %s", group);
        *out = a.gid;
        return 0;
}

static int new_value(const struct change *c, enum account_field field, unsigned *out, char **why)
{
        if (field == ACCOUNT_UID)
                return account_free_uid(c->sys, out, why);
        if (field == ACCOUNT_GROUP_GID)
                return account_free_gid(c->sys, out, why);
        return group_id(c, c->step->key, out, why);
}

static int id_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        enum account_field field = field_of(c);
        unsigned to = 0;
        int r = look(c, &a, why);
        if (r == 0 && !(field == ACCOUNT_GROUP_GID ? a.group : a.user))
                return fail(why, -ENOENT, "%s is gone", c->step->target);
        if (r == 0)
                r = new_value(c, field, &to, why);
        if (r < 0)
                return r;
        set_number(undo, "from", field_value(&a, field));
        set_number(undo, "to", to);
        return 0;
}

static int id_apply(const struct change *c, const json_t *undo, char **why)
{
        return account_change_id(c->sys, field_of(c), c->step->target,
                                 (unsigned)number(undo, "from"), (unsigned)number(undo, "to"), why);
}

static int id_revert(const struct change *c, const json_t *undo, char **why)
{
        return account_change_id(c->sys, field_of(c), c->step->target, (unsigned)number(undo, "to"),
                                 (unsigned)number(undo, "from"), why);
}

static int id_happened(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        enum account_field field = field_of(c);
        int r = account_read(c->sys, c->step->target, &a, why);
        if (r < 0)
                return r;
        return (field == ACCOUNT_GROUP_GID ? a.group : a.user) &&
               number(undo, "from") != number(undo, "to") &&
               field_value(&a, field) == number(undo, "to");
}

static int lock_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        unsigned files = 0;
        int r = look(c, &a, why);
        if (r == 0)
                r = account_password_unlocked(c->sys, c->step->target, &files, why);
        if (r == 0)
                set_number(undo, "files", files);
        return r;
}

static int lock_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        return account_lock_password(c->sys, c->step->target, c->lock_fd, why);
}

static int lock_revert(const struct change *c, const json_t *undo, char **why)
{
        return account_unlock_password(c->sys, c->step->target, (unsigned)number(undo, "files"),
                                       why);
}

static int lock_happened(const struct change *c, const json_t *undo, char **why)
{
        unsigned files = 0;
        int r = account_password_unlocked(c->sys, c->step->target, &files, why);
        return r < 0 ? r : ((unsigned)number(undo, "files") & ~files) != 0;
}

static int toggle_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL, *name = NULL;
        size_t len = 0;
        int r = login_defs_own(c->sys, &text, &len, why);
        if (r == 0 && (r = runlog_keep(c->log, text, len, &name, why)) == 0)
                json_object_set_new(undo, "file", json_text_new(name));
        return r == -ENOENT ? 0 : r;
}

/* The kept file; NULL text: there was none. */
static int toggle_kept(const struct change *c, const json_t *undo, char **text, size_t *len,
                       char **why)
{
        const char *name = json_text(undo, "file");
        *text = NULL;
        *len = 0;
        return name ? runlog_kept(c->sys, c->run, name, text, len, why) : 0;
}

static int toggle_apply(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        int r = toggle_kept(c, undo, &text, &len, why);
        return r < 0 ? r : toggle_on_disk(c->sys, text, len, c->step->value, why);
}

static int toggle_revert(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        int r = toggle_kept(c, undo, &text, &len, why);
        return r < 0 ? r : toggle_put_back(c->sys, text, len, c->step->value, why);
}

static int toggle_happened(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        int r = toggle_kept(c, undo, &text, &len, why);
        return r < 0 ? r : toggle_is_there(c->sys, text, len, c->step->value, why);
}

const struct kind kinds_accounts[] = {
        { STEP_CREATE_GROUP, N_("create group"), 0, create_prepare, group_apply, group_revert,
          group_happened },
        { STEP_CREATE_USER, N_("create user"), 0, create_prepare, user_apply, user_revert,
          user_happened },
        { STEP_SET_PRIMARY_GROUP, N_("set the primary group of"), 0, id_prepare, id_apply,
          id_revert, id_happened, "to %k" },
        { STEP_RENUMBER_USER, N_("give a system uid to"), 0, id_prepare, id_apply, id_revert,
          id_happened },
        { STEP_RENUMBER_GROUP, N_("give a system gid to"), 0, id_prepare, id_apply, id_revert,
          id_happened },
        { STEP_LOCK_PASSWORD, N_("lock the password of"), 0, lock_prepare, lock_apply, lock_revert,
          lock_happened },
        { STEP_SET_USERGROUPS, N_("set USERGROUPS_ENAB in"), KIND_TEMPORARY, toggle_prepare,
          toggle_apply, toggle_revert, toggle_happened, N_("to %v") },
        { .verb = NULL },
};
