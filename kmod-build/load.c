/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules and the kernel. */
#include "kmod-build/load.h"

#include <errno.h>

#include "kmod-build/build.h"
#include "kmod-build/index.h"
#include "kmod-build/modprobe_d.h"
#include "kmod-build/module_file.h"
#include "lib/conf.h"
#include "lib/i18n.h"
#include "lib/plugin.h"

/* File monitors of other products, as far as their module names are public. */
static const char *const others[] = { "talpa_vfshook", "talpa_core", "dazuko", "dazukofs",
                                      "symev",         "symap",      "gsch",   "tmhook" };

bool module_loaded(const struct sys *sys, const char *module)
{
        _cleanup_free_ char *path = xasprintf("/sys/module/%s/initstate", module), *state = NULL;
        return sys->live && sys_read(sys, path, 4096, &state, NULL) == 0 &&
               startswith(state, "live");
}

bool modules_supported(const struct sys *sys)
{
        return !sys->live || sys_exists(sys, "/proc/modules");
}

const char *module_conflicting(const struct sys *sys)
{
        char *const *more = conf_list(sys, "ConflictingModule");
        for (size_t i = 0; i < ARRAY_SIZE(others); i++)
                if (module_loaded(sys, others[i]))
                        return others[i];
        for (; more && *more; more++)
                if (module_loaded(sys, *more))
                        return *more;
        return NULL;
}

static char *module_file(const struct sys *sys, const char *module, const char *release)
{
        _cleanup_free_ char *own = kmod_path(module, release), *found = NULL;
        if (sys_exists(sys, own))
                return TAKE_PTR(own);
        found = index_find(sys, module, release);
        return found && sys_exists(sys, found) ? TAKE_PTR(found) : NULL;
}

static int check_fits(const struct sys *sys, const char *module, const char *release,
                      const struct tree *tree, struct module_look *out, char **why)
{
        _cleanup_free_ char *data = NULL, *magic = NULL;
        size_t len = 0, n = strlen(out->path);
        if (n < 3 || !streq(out->path + n - 3, ".ko"))
                return 0;
        int r = sys_read(sys, out->path, MODULE_MAX, &data, &len);
        if (r < 0)
                return fail(why, r, "%s: %s", out->path, sys_why(r));
        if (tree)
                r = module_fits(data, len, module, tree, &out->why);
        magic = tree ? NULL : module_info(data, len, "vermagic");
        if (!tree && (!magic || !startswith(magic, release) ||
                      (magic[strlen(release)] != ' ' && magic[strlen(release)])))
                r = fail(&out->why, -ESTALE, "it was built for kernel %s",
                         magic ? magic : "(none)");
        if (r < 0)
                out->where = MODULE_STALE;
        return 0;
}

/* Sources of ours name us. */
static bool is_given(const struct sys *sys, const char *path)
{
        _cleanup_free_ char *data = NULL, *magic = NULL, *author = NULL;
        size_t len = 0;
        if (sys_read(sys, path, MODULE_MAX, &data, &len) < 0)
                return false;
        magic = module_info(data, len, "vermagic");
        author = module_info(data, len, "author");
        return magic && !(author && streq(author, KMOD_AUTHOR));
}

/* A run that was killed before depmod: modprobe would not find it. */
static void check_indexed(const struct sys *sys, const char *module, const char *release,
                          struct module_look *out)
{
        _cleanup_free_ char *path = index_find(sys, module, release);
        if (path && streq(path, out->path))
                return;
        out->where = MODULE_STALE;
        out->why = xasprintf(_("modules.dep does not name it (depmod was not run)"));
}

int module_look(const struct sys *sys, const char *module, const char *release,
                const struct tree *tree, struct module_look *out, char **why)
{
        _cleanup_module_look_ struct module_look look = { .where = MODULE_LOADABLE };
        int r = 0;
        look.path = module_file(sys, module, release);
        look.ours = look.path && strstr(look.path, "/" KMOD_UPDATES "/");
        look.given = look.ours && is_given(sys, look.path);
        if (sys_runs_kernel(sys, release) && module_loaded(sys, module))
                look.where = MODULE_LOADED;
        else if (!look.path)
                look.where = MODULE_ABSENT;
        else
                r = check_fits(sys, module, release, tree, &look, why);
        if (r < 0)
                return r;
        if (look.where == MODULE_LOADABLE && look.ours)
                check_indexed(sys, module, release, &look);
        if (look.where == MODULE_LOADABLE || look.where == MODULE_ABSENT) {
                _cleanup_free_ char *where = modprobe_forbids(sys, module);
                if (where) {
                        look.where = MODULE_BLACKLISTED;
                        look.why = TAKE_PTR(where);
                }
        }
        *out = look;
        look = (struct module_look){ 0 };
        return 0;
}

void module_look_free(struct module_look *look)
{
        free(look->path);
        free(look->why);
        *look = (struct module_look){ 0 };
}

static int need_live(const struct sys *sys, const char *module, char **why)
{
        return sys->live ? 0
                         : fail(why, -EOPNOTSUPP,
                                "%s: a root that is not running has no kernel to load it into",
                                module);
}

static int load_failed(const struct sys *sys, const char *module, const char *release, int r,
                       char **why)
{
        _cleanup_free_ char *path = module_file(sys, module, release), *data = NULL;
        size_t len = 0;
        struct load_failure failure;
        if (path)
                (void)sys_read(sys, path, MODULE_MAX, &data, &len);
        load_explain(sys, module, data, len, r, &failure);
        r = fail(why, r > 0 ? -EPERM : r, "%s", failure.why);
        free(failure.why);
        return r;
}

int module_load(const struct sys *sys, const char *module, const char *release, char **why)
{
        const void *found = NULL;
        int r = need_live(sys, module, why);
        if (r == 0 && module_loaded(sys, module))
                return 0;
        if (r == 0)
                r = plugin_open("kmod", "kmod_plugin", &found, why);
        if (r < 0)
                return r;
        const struct kmod_plugin *plugin = found;
        _cleanup_free_ char *dir = xasprintf("/lib/modules/%s", release);
        r = plugin->load(dir, module);
        return r == 0 || r == -EEXIST ? 0 : load_failed(sys, module, release, r, why);
}

int module_unload(const struct sys *sys, const char *module, char **why)
{
        const void *found = NULL;
        int r = need_live(sys, module, why);
        if (r == 0 && !module_loaded(sys, module))
                return 0;
        if (r == 0)
                r = plugin_open("kmod", "kmod_plugin", &found, why);
        if (r < 0)
                return r;
        _cleanup_free_ char *dir = xasprintf("/lib/modules/%s", sys->release);
        r = ((const struct kmod_plugin *)found)->unload(dir, module);
        return r < 0 ? fail(why, r, "the module %s cannot be taken out: %s", module, error_text(-r))
                     : 0;
}
