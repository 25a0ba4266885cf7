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

int install_package_revert(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_strv_ char **names = new_names(undo);
        struct package_request request = request_of(c);
        _cleanup_package_result_ struct package_result result = { 0 };
        request.names = names;
        int r = names[0] ? package_call(c->sys, PACKAGE_REMOVE, &request, &result, why) : 0;
        size_t i;
        json_t *item;
        json_array_foreach(json_object_get(undo, "upgraded"), i, item) if (r == 0) r =
                downgrade(c, item, why);
        return r < 0 ? r : say_removed(undo, why);
}

static int upgrade_happened(const struct change *c, const json_t *undo, char **why)
{
        size_t i;
        json_t *item;
        json_array_foreach(json_object_get(undo, "upgraded"), i, item)
        {
                _cleanup_package_info_ struct package_info info = { 0 };
                const char *name = json_text(item, "name"), *version = json_text(item, "version");
                if (!name || !version || !streq(name, c->step->target))
                        continue;
                int r = dpkg_package(c->sys, name, &info, why);
                return r < 0 ? r : info.version && streq(info.version, version);
        }
        return 0;
}

/* Any of the new packages there, whole or not, is an effect that undo must take back. */
int install_package_happened(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_strv_ char **names = new_names(undo);
        if (package_kind(c->sys) != PACKAGES_DPKG)
                return 1;
        for (char **n = names; *n; n++) {
                _cleanup_package_info_ struct package_info info = { 0 };
                (*n)[strcspn(*n, ":")] = '\0';
                int r = dpkg_package(c->sys, *n, &info, why);
                if (r < 0 || info.state != PACKAGE_ABSENT)
                        return r < 0 ? r : 1;
        }
        return upgrade_happened(c, undo, why);
}

static int reinstall_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        const struct package_request request = request_of(c);
        _cleanup_package_result_ struct package_result result = { 0 };
        return package_call(c->sys, PACKAGE_REINSTALL, &request, &result, why);
}

/* The same files as before: nothing to take back. */
static int reinstall_revert(const struct change *c, const json_t *undo, char **why)
{
        (void)c, (void)undo, (void)why;
        return 0;
}

static int reinstall_happened(const struct change *c, const json_t *undo, char **why)
{
        (void)c, (void)undo, (void)why;
        return 0;
}

const struct kind kinds_packages[] = {
        {
                .kind = STEP_INSTALL_PACKAGE,
                .verb = N_("install package"),
                .prepare = install_package_prepare,
                .apply = install_package_apply,
                .revert = install_package_revert,
                .happened = install_package_happened,
                .detail = "%k",
        },
        {
                .kind = STEP_REINSTALL_PACKAGE,
                .verb = N_("reinstall package"),
                .apply = reinstall_apply,
                .revert = reinstall_revert,
                .happened = reinstall_happened,
                .detail = "%k",
        },
        { .verb = NULL },
};
