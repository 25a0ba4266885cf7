/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps of the package system. Undo of an installation is the list of packages that it will bring
 * in newly, known before: exactly these are removed again. */
#include <errno.h>

#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "packages/packages.h"
#include "repair/kind.h"

static struct package_request request_of(const struct change *c)
{
        return (struct package_request){
                .name = c->step->target,
                .version = c->step->key,
                .session = c->packages,
                .progress = c->progress,
        };
}

/* undo: {"new": [{"name", "version"}, ...], "upgraded": [{"name", "version", "old"}, ...],
 * "removed": [{"name", "old"}, ...]}: foreseen by the plan, then what the package database shows. */
static void note_changes(const struct package_result *result, json_t *undo)
{
        json_t *new = json_array(), *upgraded = json_array(), *removed = json_array();
        for (size_t i = 0; i < result->n_changes; i++) {
                const struct package_change *change = &result->changes[i];
                bool gone = change->old && !*change->version;
                json_t *item = json_pack("{s:o,s:o}", "name", json_text_new(change->name),
                                         "version", json_text_new(change->version));
                if (change->old)
                        json_object_set_new(item, "old", json_text_new(change->old));
                json_array_append_new(gone ? removed : change->old ? upgraded : new, item);
        }
        json_object_set_new(undo, "new", new);
        json_object_set_new(undo, "upgraded", upgraded);
        json_object_set_new(undo, "removed", removed);
}

int install_package_prepare(const struct change *c, json_t *undo, char **why)
{
        const struct package_request request = request_of(c);
        _cleanup_package_result_ struct package_result result = { 0 };
        int r = package_call(c->sys, PACKAGE_PREPARE, &request, &result, why);
        if (r == 0)
                note_changes(&result, undo);
        return r;
}

static char **new_names(const json_t *undo)
{
        char **names = xcalloc(1, sizeof(*names));
        size_t i;
        json_t *item;
        json_array_foreach(json_object_get(undo, "new"), i, item) if (json_text(item, "name"))
                strv_add(&names, json_text(item, "name"));
        return names;
}

/* --- how they stand now --- */

/* What is asked for: of rpm, which may have several versions at once, one that went by its label. */
static char *item_label(const struct change *c, const json_t *item)
{
        const char *name = json_text(item, "name"), *old = json_text(item, "old"),
                   *version = json_text(item, "version");
        bool went = old && version && !*version && package_kind(c->sys) == PACKAGES_RPM;
        return !name ? xstrdup("") : went ? xasprintf("%s-%s", name, old) : xstrdup(name);
}

/* Does the label NAME, "name-version-release" of rpm, end in the version NOW? */
static bool is_label_of(const char *name, const char *now)
{
        size_t n = strlen(name), m = strlen(now);
        return n > m && name[n - m - 1] == '-' && streq(name + n - m, now);
}

/* NOW is the version that is there, "" none. One whose status is broken is what came of our work. */
static enum stand item_stand(const json_t *item, const char *now, char **why)
{
        const char *name = json_text(item, "name"), *ours = json_text(item, "version"),
                   *old = json_text(item, "old");
        if (old && *old ? package_version_is(now, old) : !*now)
                return STAND_BEFORE;
        if (*now && (streq(now, PACKAGE_VERSION_BROKEN) ||
                     (ours && package_version_is(now, ours)) || is_label_of(name, now)))
                return STAND_OURS;
        return *now ? fail(why, STAND_CHANGED, "package %s is %s now", name, now)
                    : fail(why, STAND_CHANGED, "package %s is not installed now", name);
}

/* The versions now of LIST's items, as many ("" also for one without a name). */
static int list_versions(const struct change *c, const json_t *list, char ***out, char **why)
{
        _cleanup_strv_ char **labels = xcalloc(1, sizeof(*labels));
        size_t i;
        json_t *item;
        json_array_foreach(list, i, item)
        {
                _cleanup_free_ char *label = item_label(c, item);
                strv_add(&labels, label);
        }
        if (labels[0])
                return package_versions(c->sys, labels, out, why);
        *out = TAKE_PTR(labels);
        return 0;
}

/* The stand of the worst of LIST; ONLY: a name, or NULL for all. */
static int list_stand(const struct change *c, const json_t *list, const char *only, char **why)
{
        _cleanup_strv_ char **now = NULL;
        int worst = STAND_BEFORE, r = list_versions(c, list, &now, why);
        size_t i;
        json_t *item;
        if (r < 0)
                return r;
        json_array_foreach(list, i, item)
        {
                const char *name = json_text(item, "name");
                if (!name || (only && !streq(name, only)))
                        continue;
                enum stand stand = item_stand(item, now[i], why);
                if (stand == STAND_OURS)
                        return stand;
                if (stand != STAND_BEFORE)
                        worst = stand;
        }
        return worst;
}

/* What came up with the package stays; what went with it nobody has brought back. */
int install_package_stand(const struct change *c, const json_t *undo, char **why)
{
        static const struct {
                const char *key;
                bool all; /* else the package itself alone */
                enum stand changed;
        } lists[] = { { "new", true, STAND_CHANGED },
                      { "upgraded", false, STAND_CHANGED },
                      { "removed", true, STAND_OURS } };
        int worst = STAND_BEFORE;
        for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
                _cleanup_free_ char *changed = NULL;
                int stand = list_stand(c, json_object_get(undo, lists[i].key),
                                       lists[i].all ? NULL : c->step->target, &changed);
                if (stand == STAND_CHANGED)
                        stand = (int)lists[i].changed;
                if (stand < 0 || stand == STAND_OURS)
                        return stand < 0 ? fail(why, stand, "%s", changed) : stand;
                if (stand == STAND_CHANGED)
                        worst = fail(why, STAND_CHANGED, "%s", changed);
        }
        return worst;
}

int install_package_apply(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_strv_ char **names = new_names(undo);
        struct package_request request = request_of(c);
        _cleanup_package_result_ struct package_result result = { 0 };
        request.names = names;
        int r = package_call(c->sys, PACKAGE_INSTALL, &request, &result, why);
        if (c->did && (r == 0 || result.n_changes > 0))
                note_changes(&result, c->did);
        return r;
}

/* A dpkg that was killed may have laid down all that the fault asks for, and be at work for everybody else. */
int install_package_finish(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_strv_ char **names = new_names(undo);
        bool broken = dpkg_broken(c->sys, c->step->target);
        for (char **name = names; *name; name++) {
                _cleanup_free_ char *plain = xstrndup(*name, strcspn(*name, ":"));
                broken |= dpkg_broken(c->sys, plain);
        }
        return broken ? install_package_apply(c, undo, why) : 0;
}

/* Nothing is removed for an installation of ours; where something was all the same (a scriptlet, a
 * plug-in of the resolver), undo says so instead of having put back everything. */
static int say_removed(const json_t *undo, char **why)
{
        const json_t *first = json_array_get(json_object_get(undo, "removed"), 0);
        const char *name = first ? json_text(first, "name") : NULL,
                   *old = first ? json_text(first, "old") : NULL;
        if (!name || !old)
                return 0;
        return fail(why, -ENOTSUP, "package %s %s went with the installation: install it again",
                    name, old);
}

/* What was upgraded so that others could come in stays; the package itself goes back, unless
 * somebody changed it again. */
static int downgrade(const struct change *c, const json_t *item, char **why)
{
        const struct package_request request = { .name = json_text(item, "name"),
                                                 .version = json_text(item, "old"),
                                                 .progress = c->progress };
        const char *ours = json_text(item, "version");
        _cleanup_package_result_ struct package_result now = { 0 }, result = { 0 };
        if (!request.name || !request.version || !ours || !streq(request.name, c->step->target))
                return 0;
        int r = package_call(c->sys, PACKAGE_SIMULATE, &request, &now, why);
        for (size_t i = 0; r == 0 && i < now.n_changes; i++)
                if (streq(now.changes[i].name, request.name) && now.changes[i].old &&
                    streq(now.changes[i].old, ours))
                        return package_call(c->sys, PACKAGE_INSTALL, &request, &result, why);
        return r;
}

/* The names of new packages that still are of the version that came: what was upgraded since is
 * somebody else's. */
static int names_of_ours(const struct change *c, const json_t *undo, char ***out, char **why)
{
        _cleanup_strv_ char **now = NULL, **ours = xcalloc(1, sizeof(*ours));
        const json_t *list = json_object_get(undo, "new");
        int r = list_versions(c, list, &now, why);
        size_t i;
        json_t *item;
        if (r < 0)
                return r;
        json_array_foreach(list, i, item)
        {
                const char *name = json_text(item, "name");
                if (name && item_stand(item, now[i], NULL) == STAND_OURS)
                        strv_add(&ours, name);
        }
        *out = TAKE_PTR(ours);
        return 0;
}

int install_package_revert(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_strv_ char **names = NULL;
        struct package_request request = request_of(c);
        _cleanup_package_result_ struct package_result result = { 0 };
        int r = names_of_ours(c, undo, &names, why);
        if (r < 0)
                return r;
        request.names = names;
        r = names[0] ? package_call(c->sys, PACKAGE_REMOVE, &request, &result, why) : 0;
        size_t i;
        json_t *item;
        json_array_foreach(json_object_get(undo, "upgraded"), i, item) if (r == 0) r =
                downgrade(c, item, why);
        return r < 0 ? r : say_removed(undo, why);
}

static int reinstall_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        const struct package_request request = request_of(c);
        _cleanup_package_result_ struct package_result result = { 0 };
        return package_call(c->sys, PACKAGE_REINSTALL, &request, &result, why);
}

/* The same files as before, and nobody can say whether it was now or then that they came. */
static int reinstall_stand(const struct change *c, const json_t *undo, char **why)
{
        (void)c, (void)undo, (void)why;
        return STAND_BEFORE;
}

const struct kind kinds_packages[] = {
        {
                .kind = STEP_INSTALL_PACKAGE,
                .text = N_("install package %t"),
                .prepare = install_package_prepare,
                .apply = install_package_apply,
                .revert = install_package_revert,
                .stand = install_package_stand,
                .finish = install_package_finish,
                .detail = N_("install package %t %k"),
        },
        {
                .kind = STEP_REINSTALL_PACKAGE,
                .text = N_("reinstall package %t"),
                .flags = KIND_FINAL,
                .apply = reinstall_apply,
                .stand = reinstall_stand,
                .detail = N_("reinstall package %t %k"),
        },
        { .text = NULL },
};
