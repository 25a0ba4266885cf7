/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-installer kernel-added / kernel-removed: called in the middle of a package transaction, so
 * they only write down what is wanted and never fail it. */
#include <errno.h>
#include <fcntl.h>

#include "installer/verb.h"
#include "kmod-build/build.h"
#include "lib/edit.h"
#include "lib/util.h"
#include "repair/outcome.h"

#define PENDING "/run/secep/pending"

/* A release becomes part of paths. */
static bool is_release(const char *s)
{
        return s && *s >= '0' && *s <= '9' && strlen(s) <= 128 &&
               strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+~_-") ==
                       strlen(s);
}

static char *pending_path(const char *release)
{
        return xasprintf("%s/kernel-%s", PENDING, release);
}

/* Headers first, then the modules that are built with them. */
static int queue(const struct sys *sys, const char *release, char **why)
{
        _cleanup_free_ char *path = pending_path(release);
        _cleanup_free_ char *text =
                xasprintf("# secep-repair is to be run with these when the package system is done\n"
                          "Kernel=%s\nFault=16\nFault=11\nFault=8\nFault=9\n",
                          release);
        int r = sys_mkdirs(sys, PENDING, 0755);
        if (r < 0)
                return fail(why, r, "%s: %s", PENDING, strerror(-r));
        return edit_replace(sys, path, text, strlen(text), 0644, why);
}

static int added(struct sys *sys, char **argv, char *const *all)
{
        _cleanup_free_ char *why = NULL;
        (void)all;
        if (!argv[0] || argv[1] || !is_release(argv[0]))
                return verb_usage(&verb_kernel_added);
        if (queue(sys, argv[0], &why) < 0)
                verb_complain(0, why);
        return EXIT_NO_FAULT_LEFT;
}

/* What we put below a kernel that is gone would keep its directory. */
static int forget(const struct sys *sys, const char *release, char **why)
{
        _cleanup_free_ char *path = pending_path(release),
                            *dir = xasprintf("/lib/modules/%s/%s", release, KMOD_UPDATES);
        _cleanup_closedir_ DIR *modules = NULL;
        int r = edit_remove(sys, path, NULL);
        if (sys_opendir(sys, dir, &modules) < 0)
                return r == -ENOENT ? 0 : r;
        for (struct dirent *e; (e = readdir(modules));)
                if (e->d_name[0] != '.' && unlinkat(dirfd(modules), e->d_name, 0) < 0)
                        r = fail(why, -errno, "%s/%s: %s", dir, e->d_name, strerror(errno));
        _cleanup_close_ int updates =
                openat(dirfd(modules), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (updates >= 0 && unlinkat(updates, "secep", AT_REMOVEDIR) == 0)
                unlinkat(updates, "../updates", AT_REMOVEDIR);
        return r;
}

static int removed(struct sys *sys, char **argv, char *const *all)
{
        _cleanup_free_ char *why = NULL;
        (void)all;
        if (!argv[0] || argv[1] || !is_release(argv[0]))
                return verb_usage(&verb_kernel_removed);
        if (forget(sys, argv[0], &why) < 0 && why)
                verb_complain(0, why);
        return EXIT_NO_FAULT_LEFT;
}

const struct verb verb_kernel_added = {
        .name = "kernel-added",
        .usage = "RELEASE",
        .summary = "write down in " PENDING " that a kernel wants headers and modules",
        .needs_root = true,
        .run = added,
};

const struct verb verb_kernel_removed = {
        .name = "kernel-removed",
        .usage = "RELEASE",
        .summary = "forget that, and remove our modules of a kernel that is gone",
        .needs_root = true,
        .run = removed,
};
