/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that make users and groups, and login.defs. */
#include <errno.h>

#include "accounts/accounts.h"
#include "accounts/toggle.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/kind.h"

static int create_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        unsigned unterminated = 0;
        int r = account_read_to_change(c->sys, c->step->target, &a, why);
        if (r == 0)
                r = account_unterminated(c->sys, &unterminated, why);
        if (r < 0)
                return r;
        bool existed = c->step->kind == STEP_CREATE_USER ? a.user : a.group;
        json_object_set_new(undo, "existed", json_boolean(existed));
        json_set_number(undo, "unterminated", unterminated);
        return 0;
}

/* A group made for a number that a user has already: that user managed without it before. */
static int group_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_free_ char *user = NULL;
        long gid;
        int r = create_prepare(c, undo, why);
        if (r == 0 && parse_long(c->step->key, 0, (long)UINT32_MAX - 1, &gid) == 0)
                r = account_primary_user(c->sys, (gid_t)gid, NULL, &user, why);
        if (user)
                json_object_set_new(undo, "user", json_text_new(user));
        return r < 0 ? r : 0;
}

static bool existed(const json_t *undo)
{
        return json_is_true(json_object_get(undo, "existed"));
}

static enum account_database database_of(const struct change *c)
{
        return c->step->kind == STEP_CREATE_USER ? ACCOUNT_USERS : ACCOUNT_GROUPS;
}

/* What was made, so that undo knows it again. */
static int note_made(const struct change *c, char **why)
{
        _cleanup_free_ char *entry = NULL;
        int r = account_entry(c->sys, database_of(c), c->step->target, &entry, why);
        if (r == 0 && c->did)
                json_object_set_new(c->did, "made", json_text_new(entry));
        return r;
}

/* Where nobody noted what was made (a run that was killed), it has the shape that we make. */
static bool has_our_shape(const struct account *a, enum account_database database)
{
        if (database == ACCOUNT_GROUPS)
                return !a->group || (a->gid != 0 && !*a->members);
        return !a->user || (a->uid != 0 && account_shell_is_closed(a->shell) &&
                            (a->password == PASSWORD_LOCKED || !a->shadow));
}

/* An undo that was cut off took the line of passwd or group, and that of the shadow file is as it was made. */
static bool is_rest_of(const char *made, const char *entry)
{
        size_t whole = strlen(made), rest = strlen(entry);
        return whole > rest && made[whole - rest - 1] == ':' && streq(made + whole - rest, entry);
}

static int create_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        _cleanup_free_ char *entry = NULL;
        const char *name = c->step->target, *made = json_text(undo, "made");
        int r = existed(undo) ? 0 : account_entry(c->sys, database_of(c), name, &entry, why);
        if (r < 0 || !entry)
                return r < 0 ? r : STAND_BEFORE;
        r = account_read(c->sys, name, &a, why);
        if (r < 0)
                return r;
        bool listed = database_of(c) == ACCOUNT_USERS ? a.user : a.group;
        bool ours = !made    ? has_our_shape(&a, database_of(c))
                    : listed ? streq(made, entry)
                             : is_rest_of(made, entry);
        if (database_of(c) == ACCOUNT_USERS && a.user && a.password == PASSWORD_USABLE)
                ours = false;
        return ours ? STAND_OURS : fail(why, STAND_CHANGED, "its entry has been changed since");
}

static int group_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        _cleanup_free_ char *user = NULL;
        int stand = create_stand(c, undo, why);
        int r = stand == STAND_OURS ? account_read(c->sys, c->step->target, &a, why) : 0;
        if (r == 0 && a.group)
                r = account_primary_user(c->sys, a.gid, json_text(undo, "user"), &user, why);
        if (r < 0)
                return r;
        return user ? fail(why, STAND_CHANGED, "it is the primary group of user %s", user) : stand;
}

static int group_apply(const struct change *c, const json_t *undo, char **why)
{
        if (existed(undo))
                return 0;
        int r = account_create_group(c->sys, c->step->target, c->step->key, c->lock_fd, why);
        return r < 0 ? r : note_made(c, why);
}

static int group_revert(const struct change *c, const json_t *undo, char **why)
{
        if (existed(undo))
                return 0;
        return account_remove_group(c->sys, c->step->target,
                                    (unsigned)json_number(undo, "unterminated"), why);
}

static int user_apply(const struct change *c, const json_t *undo, char **why)
{
        if (existed(undo))
                return 0;
        int r = account_create_user(c->sys, c->step->target, c->step->key, c->lock_fd, why);
        return r < 0 ? r : note_made(c, why);
}

static int user_revert(const struct change *c, const json_t *undo, char **why)
{
        if (existed(undo))
                return 0;
        return account_remove_user(c->sys, c->step->target,
                                   (unsigned)json_number(undo, "unterminated"), why);
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

static int toggle_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        int r = toggle_kept(c, undo, &text, &len, why);
        if (r == 0)
                r = toggle_is_there(c->sys, text, len, c->step->value, why);
        return r <= 0 ? r : STAND_OURS;
}

const struct kind kinds_accounts[] = {
        { STEP_CREATE_GROUP, N_("create group %t"), 0, group_prepare, group_apply, group_revert,
          group_stand },
        { STEP_CREATE_USER, N_("create user %t"), 0, create_prepare, user_apply, user_revert,
          create_stand },
        { STEP_SET_USERGROUPS, N_("set USERGROUPS_ENAB in %t"), KIND_TEMPORARY, toggle_prepare,
          toggle_apply, toggle_revert, toggle_stand, N_("set USERGROUPS_ENAB in %t to %v") },
        { .text = NULL },
};
