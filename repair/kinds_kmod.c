/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on kernel modules. */
#include <errno.h>

#include "kmod-build/build.h"
#include "kmod-build/load.h"
#include "kmod-build/module_file.h"
#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/kind.h"

#define LOAD_LIST "/etc/modules-load.d/secep.conf"
#define LIST_MAX ((size_t)65536)

/* undo: {"kept": name of the module file that was there, absent where none was} */
static int build_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_free_ char *path = kmod_path(c->step->target, c->step->key), *data = NULL,
                            *kept = NULL;
        size_t len = 0;
        int r = sys_read(c->sys, path, MODULE_MAX, &data, &len);
        if (r == -ENOENT)
                return 0;
        if (r == 0)
                r = runlog_keep(c->log, data, len, &kept, why);
        if (r < 0)
                return fail(why, r, "%s: %s", path, strerror(-r));
        json_object_set_new(undo, "kept", json_text_new(kept));
        return 0;
}

static int build_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        const struct kmod_request request = { .module = c->step->target,
                                              .release = c->step->key,
                                              .source = c->step->value,
                                              .progress = c->progress };
        _cleanup_kmod_built_ struct kmod_built built = { 0 };
        int r = kmod_build(c->sys, &request, &built, why);
        return r < 0 ? r : kmod_install(c->sys, built.path, c->step->target, c->step->key, why);
}

static int build_before(const struct change *c, const json_t *undo, char **data, size_t *len,
                        char **why)
{
        const char *kept = json_text(undo, "kept");
        return kept ? runlog_kept(c->sys, c->run, kept, data, len, why) : 0;
}

static int build_revert(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *before = NULL;
        size_t len = 0;
        int r = build_before(c, undo, &before, &len, why);
        return r < 0 ? r : kmod_put_back(c->sys, c->step->target, c->step->key, before, len, why);
}

static int build_happened(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *path = kmod_path(c->step->target, c->step->key), *before = NULL,
                            *now = NULL;
        size_t before_len = 0, now_len = 0;
        int r = build_before(c, undo, &before, &before_len, why);
        if (r < 0)
                return r;
        r = sys_read(c->sys, path, MODULE_MAX, &now, &now_len);
        if (r < 0)
                return r == -ENOENT ? 0 : fail(why, r, "%s: %s", path, strerror(-r));
        return !before || before_len != now_len || memcmp(before, now, now_len) != 0;
}

/* --- load --- */

static int list_read(const struct sys *sys, char **text, char **why)
{
        int r = sys_read(sys, LOAD_LIST, LIST_MAX, text, NULL);
        if (r == -ENOENT)
                *text = xstrdup("");
        return r == -ENOENT || r == 0 ? 0 : fail(why, r, "%s: %s", LOAD_LIST, strerror(-r));
}

/* TEXT without the line MODULE; *FOUND tells whether it was there. */
static char *list_without(const char *text, const char *module, bool *found)
{
        char *out = xcalloc(strlen(text) + 1, 1), *to = out;
        *found = false;
        for (const char *line = text; *line;) {
                size_t n = strcspn(line, "\n"), all = n + (line[n] == '\n');
                if (n == strlen(module) && memcmp(line, module, n) == 0)
                        *found = true;
                else
                        to = mempcpy(to, line, all);
                line += all;
        }
        return out;
}

static int list_add(const struct sys *sys, const char *module, char **why)
{
        _cleanup_free_ char *text = NULL, *without = NULL, *with = NULL;
        bool found;
        int r = list_read(sys, &text, why);
        if (r < 0)
                return r;
        without = list_without(text, module, &found);
        if (found)
                return 0;
        with = xasprintf("%s%s%s\n", text, *text && text[strlen(text) - 1] != '\n' ? "\n" : "",
                         module);
        r = sys_mkdirs(sys, "/etc/modules-load.d", 0755);
        if (r < 0)
                return fail(why, r, "/etc/modules-load.d: %s", strerror(-r));
        return edit_replace(sys, LOAD_LIST, with, strlen(with), 0644, why);
}

static int list_remove(const struct sys *sys, const char *module, char **why)
{
        _cleanup_free_ char *text = NULL, *without = NULL;
        bool found;
        int r = list_read(sys, &text, why);
        if (r < 0)
                return r;
        without = list_without(text, module, &found);
        if (!found)
                return 0;
        return *without ? edit_replace(sys, LOAD_LIST, without, strlen(without), 0644, why)
                        : edit_remove(sys, LOAD_LIST, why);
}

static int load_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL, *without = NULL;
        bool listed;
        int r = list_read(c->sys, &text, why);
        if (r < 0)
                return r;
        without = list_without(text, c->step->target, &listed);
        json_object_set_new(undo, "listed", json_boolean(listed));
        json_object_set_new(undo, "loaded", json_boolean(module_loaded(c->sys, c->step->target)));
        return 0;
}

static int load_apply(const struct change *c, const json_t *undo, char **why)
{
        (void)undo;
        int r = module_load(c->sys, c->step->target, c->step->key, why);
        return r < 0 ? r : list_add(c->sys, c->step->target, why);
}

static int load_revert(const struct change *c, const json_t *undo, char **why)
{
        int r = 0;
        if (!json_is_true(json_object_get(undo, "listed")))
                r = list_remove(c->sys, c->step->target, why);
        if (r == 0 && !json_is_true(json_object_get(undo, "loaded")))
                r = module_unload(c->sys, c->step->target, why);
        return r;
}

static int load_happened(const struct change *c, const json_t *undo, char **why)
{
        (void)why;
        return module_loaded(c->sys, c->step->target) &&
               !json_is_true(json_object_get(undo, "loaded"));
}

const struct kind kinds_kmod[] = {
        {
                .kind = STEP_BUILD_KMOD,
                .verb = N_("build and install kernel module"),
                .prepare = build_prepare,
                .apply = build_apply,
                .revert = build_revert,
                .happened = build_happened,
                .detail = N_("for kernel %k"),
        },
        {
                .kind = STEP_LOAD_KMOD,
                .verb = N_("load kernel module"),
                .flags = KIND_LIVE,
                .prepare = load_prepare,
                .apply = load_apply,
                .revert = load_revert,
                .happened = load_happened,
        },
        { .verb = NULL },
};
