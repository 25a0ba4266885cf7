/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files moved away. */
#include <errno.h>
#include <sys/stat.h>

#include "connector/signatures.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/move.h"
#include "lib/util.h"
#include "repair/kind.h"

/* Another file of that name may have come meanwhile, or the connector dropped it itself. */
static int is_still_it(const struct change *c, char **why)
{
        struct stat st;
        int r = sys_lstat_nolinks(c->sys, c->step->target, &st);
        if (r == -ENOENT)
                return *c->step->key ? 0 : fail(why, r, "%s is gone", c->step->target);
        if (r < 0)
                return fail(why, r, "%s: %s", c->step->target, error_text(-r));
        _cleanup_free_ char *identity = signature_identity(&st);
        return !*c->step->key || streq(identity, c->step->key);
}

static int move_prepare(const struct change *c, json_t *undo, char **why)
{
        (void)undo;
        int there = is_still_it(c, why);
        int taken = there <= 0 ? there : file_is_there(c, c->step->value, why);
        return taken == 1 ? fail(why, -EEXIST, "%s already exists", c->step->value) : taken;
}

/* For undo: there is nothing to be found at either place. */
static int not_moved(const struct change *c)
{
        if (c->did)
                json_object_set_new(c->did, "moved", json_false());
        return 0;
}

static int make_place(const struct change *c, char **why)
{
        _cleanup_free_ char *dir = xstrdup(c->step->value);
        char *slash = strrchr(dir, '/');
        if (!slash || slash == dir)
                return 0;
        *slash = '\0';
        int r = sys_mkdirs(c->sys, dir, 0700);
        return r < 0 ? fail(why, r, "%s: %s", dir, error_text(-r)) : 0;
}

static int move_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        int still = is_still_it(c, why);
        if (still <= 0)
                return still < 0 ? still : not_moved(c);
        _cleanup_free_ char *reason = NULL;
        int r = make_place(c, &reason);
        if (r == 0)
                r = move_file(c->sys, c->step->target, c->step->value, &reason);
        if (r < 0 && r != -EEXIST && is_still_it(c, NULL) == 1)
                (void)move_sweep(c->sys, c->step->value, NULL);
        if (r == -ENOENT && *c->step->key)
                return not_moved(c); /* gone a moment ago */
        return r < 0 ? fail(why, r, "%s", reason) : 0;
}

static int both_there(const struct change *c, char **why)
{
        int copied = move_copied(c->sys, c->step->value, c->step->target);
        if (copied < 0)
                return fail(why, copied, "%s: %s", c->step->target, error_text(-copied));
        if (copied)
                return STAND_OURS; /* an undo was cut off in between */
        return fail(why, STAND_CHANGED, "there is another file of that name now; %s stays",
                    c->step->value);
}

static int move_stand(const struct change *c, const json_t *undo, char **why)
{
        if (json_is_false(json_object_get(undo, "moved")))
                return STAND_BEFORE;
        if (*c->step->key && is_still_it(c, NULL) == 1)
                return STAND_BEFORE; /* at most it was copied */
        int here = file_is_there(c, c->step->target, why);
        int there = here < 0 ? here : file_is_there(c, c->step->value, why);
        if (there < 0)
                return there;
        if (!there)
                return here ? STAND_BEFORE : fail(why, STAND_CHANGED, "%s is gone", c->step->value);
        return here ? both_there(c, why) : STAND_OURS;
}

static int move_revert(const struct change *c, const json_t *undo, char **why)
{
        int stand = move_stand(c, undo, why);
        if (stand != STAND_OURS)
                return stand == STAND_CHANGED ? -ESTALE : stand;
        int here = file_is_there(c, c->step->target, why);
        int r = here != 0 ? here : move_file(c->sys, c->step->value, c->step->target, why);
        if (r < 0)
                return r == -EEXIST ? -ESTALE : r;
        r = move_sweep(c->sys, c->step->value, why);
        return here ? r : 0; /* the file is back: at most an empty folder stays */
}

/* A move to another file system that was cut off: the next plan has another place for the file. */
static int move_clear(const struct change *c, char **why)
{
        return move_sweep(c->sys, c->step->value, why);
}

const struct kind kinds_moves[] = {
        { STEP_MOVE_FILE, N_("move %t"), 0, move_prepare, move_apply, move_revert, move_stand,
          N_("move %t to %v"), move_clear },
        { .text = NULL },
};
