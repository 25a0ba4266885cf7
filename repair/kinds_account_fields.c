/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on one field of a user or group that is there: an id, a password. */
#include <errno.h>

#include "accounts/accounts.h"
#include "lib/sha256.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/kind.h"

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

/* Somebody else who has the number that undo would put back; a primary group is nobody's own. */
static int other_owner(const struct change *c, enum account_field field, const json_t *undo,
                       char **out, char **why)
{
        return field == ACCOUNT_PRIMARY_GID
                       ? 0
                       : account_id_owner(c->sys, field, (unsigned)json_number(undo, "from"),
                                          c->step->target, out, why);
}

static int note_shared(const struct change *c, enum account_field field, json_t *undo, char **why)
{
        _cleanup_free_ char *owner = NULL;
        int r = other_owner(c, field, undo, &owner, why);
        if (r > 0)
                json_object_set_new(undo, "shared", json_true());
        return r < 0 ? r : 0;
}

static int id_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        enum account_field field = field_of(c);
        unsigned to = 0;
        int r = account_read_to_change(c->sys, c->step->target, &a, why);
        if (r == 0 && !(field == ACCOUNT_GROUP_GID ? a.group : a.user))
                return fail(why, -ENOENT, "%s is gone", c->step->target);
        if (r == 0)
                r = new_value(c, field, &to, why);
        if (r < 0)
                return r;
        json_set_number(undo, "from", field_value(&a, field));
        json_set_number(undo, "to", to);
        return note_shared(c, field, undo, why);
}

static int id_apply(const struct change *c, const json_t *undo, char **why)
{
        return account_change_id(c->sys, field_of(c), c->step->target,
                                 (unsigned)json_number(undo, "from"),
                                 (unsigned)json_number(undo, "to"), why);
}

static int id_revert(const struct change *c, const json_t *undo, char **why)
{
        return account_change_id(c->sys, field_of(c), c->step->target,
                                 (unsigned)json_number(undo, "to"),
                                 (unsigned)json_number(undo, "from"), why);
}

/* What has to do with the number of now, or with the one that would be put back. */
static int id_needed(const struct change *c, enum account_field field, const json_t *undo,
                     char **why)
{
        _cleanup_free_ char *owner = NULL, *user = NULL;
        bool shared = json_is_true(json_object_get(undo, "shared"));
        int r = shared ? 0 : other_owner(c, field, undo, &owner, why);
        if (r == 0 && field == ACCOUNT_GROUP_GID)
                r = account_primary_user(c->sys, (gid_t)json_number(undo, "to"), NULL, &user, why);
        if (r < 0)
                return r;
        if (owner)
                return fail(why, STAND_CHANGED, "the id %u belongs to %s now",
                            (unsigned)json_number(undo, "from"), owner);
        return user ? fail(why, STAND_CHANGED, "it is the primary group of user %s", user)
                    : STAND_OURS;
}

static int id_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        enum account_field field = field_of(c);
        int r = account_read(c->sys, c->step->target, &a, why);
        if (r < 0)
                return r;
        if (!(field == ACCOUNT_GROUP_GID ? a.group : a.user))
                return fail(why, STAND_CHANGED, "%s is gone", c->step->target);
        unsigned now = field_value(&a, field);
        if (now == json_number(undo, "from"))
                return STAND_BEFORE;
        if (now != json_number(undo, "to"))
                return fail(why, STAND_CHANGED, "its id is %u now", now);
        return id_needed(c, field, undo, why);
}

/* The digest of the password fields that a lock changes, 64 digits: whether they are still the same
 * can be asked, what they are cannot. */
static int password_digest(const struct change *c, unsigned files, bool locked, char digest[65],
                           char **why)
{
        _cleanup_free_ char *fields = NULL;
        struct sha256 h;
        int r = account_passwords(c->sys, c->step->target, files, locked, &fields, why);
        if (r < 0)
                return r;
        sha256_init(&h);
        sha256_text(&h, fields);
        sha256_end(&h, digest);
        return 0;
}

static int lock_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        unsigned files = 0;
        char digest[65];
        int r = account_read_to_change(c->sys, c->step->target, &a, why);
        if (r == 0)
                r = account_password_unlocked(c->sys, c->step->target, &files, why);
        if (r == 0)
                r = password_digest(c, files, false, digest, why);
        if (r < 0)
                return r;
        json_set_number(undo, "files", files);
        json_object_set_new(undo, "digest", json_string(digest));
        return 0;
}

static int lock_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        return account_lock_password(c->sys, c->step->target, c->lock_fd, why);
}

static int lock_revert(const struct change *c, const json_t *undo, char **why)
{
        return account_unlock_password(c->sys, c->step->target,
                                       (unsigned)json_number(undo, "files"), why);
}

static int lock_stand(const struct change *c, const json_t *undo, char **why)
{
        unsigned files = (unsigned)json_number(undo, "files"), open = 0;
        const char *before = json_text(undo, "digest");
        char now[65], unlocked[65];
        int r = account_password_unlocked(c->sys, c->step->target, &open, why);
        if (r == 0)
                r = password_digest(c, files, false, now, why);
        if (r == 0)
                r = password_digest(c, files, true, unlocked, why);
        if (r < 0)
                return r == -ENOENT ? (int)STAND_CHANGED : r;
        if (before ? streq(now, before) : (files & ~open) == 0)
                return STAND_BEFORE;
        return !before || streq(unlocked, before)
                       ? STAND_OURS
                       : fail(why, STAND_CHANGED, "its password has been changed since");
}

const struct kind kinds_account_fields[] = {
        { STEP_SET_PRIMARY_GROUP, N_("set the primary group of %t"), 0, id_prepare, id_apply,
          id_revert, id_stand, N_("set the primary group of %t to %k") },
        { STEP_RENUMBER_USER, N_("give a system uid to %t"), 0, id_prepare, id_apply, id_revert,
          id_stand },
        { STEP_RENUMBER_GROUP, N_("give a system gid to %t"), 0, id_prepare, id_apply, id_revert,
          id_stand },
        { STEP_LOCK_PASSWORD, N_("lock the password of %t"), 0, lock_prepare, lock_apply,
          lock_revert, lock_stand },
        { .text = NULL },
};
