/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps on kernel modules. */
#include <errno.h>

#include "kmod-build/build.h"
#include "kmod-build/load.h"
#include "kmod-build/module_file.h"
#include "lib/sha256.h"
#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/util.h"
#include "repair/kind.h"

#define LOAD_LIST "/etc/modules-load.d/secep.conf"
#define LIST_MAX ((size_t)65536)

static void digest_of(const void *data, size_t len, char digest[65])
{
        struct sha256 h;
        sha256_init(&h);
        sha256_add(&h, data, len);
        sha256_end(&h, digest);
}

/* The module file of now; *DATA NULL: none. */
static int file_read(const struct change *c, char **data, size_t *len, char **why)
{
        _cleanup_free_ char *path = kmod_path(c->step->target, c->step->key);
        int r = sys_read(c->sys, path, MODULE_MAX, data, len);
        return r == -ENOENT || r == 0 ? 0 : fail(why, r, "%s: %s", path, sys_why(r));
}

/* undo: {"kept": name of the module file that was there, absent where none was; "digest": of the one
 * that was built, once it is} */
static int build_prepare(const struct change *c, json_t *undo, char **why)
{
        _cleanup_free_ char *data = NULL, *kept = NULL;
        size_t len = 0;
        int r = file_read(c, &data, &len, why);
        if (r == 0 && data)
                r = runlog_keep(c->log, data, len, &kept, why);
        if (r < 0)
                return r;
        if (kept)
                json_object_set_new(undo, "kept", json_text_new(kept));
        return 0;
}

static int note_built(const struct change *c, char **why)
{
        _cleanup_free_ char *data = NULL;
        size_t len = 0;
        char digest[65];
        int r = file_read(c, &data, &len, why);
        if (r < 0 || !data || !c->did)
                return r;
        digest_of(data, len, digest);
        json_object_set_new(c->did, "digest", json_string(digest));
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
        if (r == 0)
                r = kmod_install(c->sys, built.path, c->step->target, c->step->key, why);
        return r < 0 ? r : note_built(c, why);
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

static int build_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *before = NULL, *now = NULL;
        size_t before_len = 0, now_len = 0;
        const char *built = json_text(undo, "digest");
        char digest[65];
        int r = build_before(c, undo, &before, &before_len, why);
        if (r == 0)
                r = file_read(c, &now, &now_len, why);
        if (r < 0)
                return r;
        if (!before && !now)
                return STAND_BEFORE;
        if (before && now && before_len == now_len && memcmp(before, now, now_len) == 0)
                return STAND_BEFORE;
        if (!now)
                return fail(why, STAND_CHANGED, "it is gone");
        digest_of(now, now_len, digest);
        return !built || streq(built, digest)
                       ? STAND_OURS
                       : fail(why, STAND_CHANGED, "it has been built again since");
}

/* --- load --- */

static int list_read(const struct sys *sys, char **text, char **why)
{
        int r = sys_read(sys, LOAD_LIST, LIST_MAX, text, NULL);
        if (r == -ENOENT)
                *text = xstrdup("");
        return r == -ENOENT || r == 0 ? 0 : fail(why, r, "%s: %s", LOAD_LIST, sys_why(r));
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
                return fail(why, r, "/etc/modules-load.d: %s", error_text(-r));
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

static int load_stand(const struct change *c, const json_t *undo, char **why)
{
        _cleanup_free_ char *text = NULL, *without = NULL;
        bool listed = false;
        int r = list_read(c->sys, &text, why);
        if (r < 0)
                return r;
        without = list_without(text, c->step->target, &listed);
        if (listed && !json_is_true(json_object_get(undo, "listed")))
                return STAND_OURS;
        return module_loaded(c->sys, c->step->target) &&
                               !json_is_true(json_object_get(undo, "loaded"))
                       ? STAND_OURS
                       : STAND_BEFORE;
}

const struct kind kinds_kmod[] = {
        {
                .kind = STEP_BUILD_KMOD,
                .text = N_("build and install kernel module %t"),
                .prepare = build_prepare,
                .apply = build_apply,
                .revert = build_revert,
                .stand = build_stand,
                .detail = N_("build and install kernel module %t for kernel %k"),
        },
        {
                .kind = STEP_LOAD_KMOD,
                .text = N_("load kernel module %t"),
                .flags = KIND_LIVE,
                .prepare = load_prepare,
                .apply = load_apply,
                .revert = load_revert,
                .stand = load_stand,
        },
        { .text = NULL },
};
