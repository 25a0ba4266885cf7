/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finished module into the kernel's tree, and the index over it. */
#include <errno.h>

#include "kmod-build/build.h"
#include "kmod-build/module_file.h"
#include "lib/edit.h"
#include "lib/run.h"
#include "lib/util.h"

#define DEPMOD_LIMIT_MS ((int64_t)5 * 60 * 1000)

char *kmod_path(const char *module, const char *release)
{
        return xasprintf("/lib/modules/%s/%s/%s.ko", release, KMOD_UPDATES, module);
}

/* The root's own depmod where it is the running system, else ours with -b. */
static int depmod(const struct sys *sys, const char *release, char **why)
{
        _cleanup_free_ char *root = NULL, *modules = xasprintf("/lib/modules/%s", release),
                            *at = NULL;
        int r = sys_host_path(sys, modules, &at, why);
        if (r == 0)
                r = sys_host_path(sys, "/", &root, why);
        if (r < 0)
                return r;
        const char *const argv[] = { "depmod", "-b", root, "--", release, NULL };
        struct run run = { RUN_DEFAULT, .argv = argv, .timeout_ms = DEPMOD_LIMIT_MS };
        r = run_checked(&run, NULL, why);
        return r == -ENOENT ? -ENOPKG : r;
}

/* Both become part of a path and of depmod's command line. */
static bool is_word(const char *s)
{
        return *s && *s != '-' && *s != '.' && !strchr(s, '/');
}

int kmod_put_back(const struct sys *sys, const char *module, const char *release, const void *data,
                  size_t len, char **why)
{
        _cleanup_free_ char *path = kmod_path(module, release),
                            *dir = xasprintf("/lib/modules/%s/%s", release, KMOD_UPDATES);
        int r;
        if (!is_word(module) || !is_word(release))
                return fail(why, -EINVAL, "%s: not a kernel module", path);
        if (data) {
                r = sys_mkdirs(sys, dir, 0755);
                if (r < 0)
                        return fail(why, r, "%s: %s", dir, error_text(-r));
                edit_sweep(sys, dir);
                r = edit_replace(sys, path, data, len, 0644, why);
        } else {
                r = edit_remove(sys, path, why);
        }
        return r < 0 ? r : depmod(sys, release, why);
}

int kmod_install(const struct sys *sys, const char *from, const char *module, const char *release,
                 char **why)
{
        _cleanup_free_ char *data = NULL;
        size_t len = 0;
        int r = sys_read_nolinks(sys, from, MODULE_MAX, &data, &len);
        if (r < 0)
                return fail(why, r, "%s: %s", from, sys_why(r));
        return kmod_put_back(sys, module, release, data, len, why);
}
