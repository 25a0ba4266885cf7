/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which package system, which distribution, which kernels. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>

#include "lib/util.h"
#include "packages/packages.h"

#define OS_RELEASE_MAX ((size_t)64 * 1024)
#define RELEASE_MAX 64

static bool any_exists(const struct sys *sys, const char *const *paths)
{
        for (; *paths; paths++)
                if (sys_exists(sys, *paths))
                        return true;
        return false;
}

enum package_kind package_kind(const struct sys *sys)
{
        static const char *const dpkg_files[] = { "/var/lib/dpkg/status", NULL };
        static const char *const rpm_files[] = {
                "/var/lib/rpm/rpmdb.sqlite",         "/var/lib/rpm/Packages",
                "/var/lib/rpm/Packages.db",          "/usr/lib/sysimage/rpm/rpmdb.sqlite",
                "/usr/lib/sysimage/rpm/Packages.db", NULL,
        };
        bool dpkg = any_exists(sys, dpkg_files), rpm = any_exists(sys, rpm_files);
        if (dpkg && rpm) {
                struct keyfile os = { 0 };
                rpm = os_release_read(sys, &os, NULL) == 0 && !os_release_is(&os, "debian") &&
                      !os_release_is(&os, "ubuntu");
                dpkg = !rpm;
                keyfile_free(&os);
        }
        return dpkg ? PACKAGES_DPKG : rpm ? PACKAGES_RPM : PACKAGES_NONE;
}

int os_release_read(const struct sys *sys, struct keyfile *out, char **why)
{
        static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
                _cleanup_free_ char *text = NULL;
                size_t len;
                int r = sys_read(sys, paths[i], OS_RELEASE_MAX, &text, &len);
                if (r == -ENOENT)
                        continue;
                if (r < 0)
                        return fail(why, r, "%s: %s", paths[i], strerror(-r));
                return keyfile_parse(paths[i], text, len, out, why);
        }
        *out = (struct keyfile){ 0 };
        return 0;
}

static bool has_word(const char *words, const char *word)
{
        size_t n = strlen(word);
        for (const char *p = words; p && *p;) {
                size_t len = strcspn(p, " ");
                if (len == n && strncmp(p, word, n) == 0)
                        return true;
                p += len;
                p += strspn(p, " ");
        }
        return false;
}

bool os_release_is(const struct keyfile *os, const char *id)
{
        return has_word(keyfile_get(os, "", "ID"), id) ||
               has_word(keyfile_get(os, "", "ID_LIKE"), id);
}

int release_check(const char *release, char **why)
{
        bool good = isalnum((unsigned char)release[0]) && strlen(release) <= RELEASE_MAX;
        for (const char *p = release; good && *p; p++)
                good = isalnum((unsigned char)*p) || strchr(".+~_-", *p);
        if (!good)
                return fail(why, -EINVAL,
                            "\"%.80s\" is no kernel release (letters, digits and . + ~ _ - only)",
                            release);
        return 0;
}

static bool holds_kernel(const struct sys *sys, const char *release)
{
        static const char *const marks[] = { "kernel", "modules.builtin", "modules.order" };
        for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
                _cleanup_free_ char *path = xasprintf("/lib/modules/%s/%s", release, marks[i]);
                if (sys_exists(sys, path))
                        return true;
        }
        return false;
}

int release_newest(const struct sys *sys, char **out, char **why)
{
        _cleanup_closedir_ DIR *dir = NULL;
        int r = sys_opendir(sys, "/lib/modules", &dir);
        if (r < 0 && r != -ENOENT)
                return fail(why, r, "/lib/modules: %s", strerror(-r));
        _cleanup_free_ char *best = NULL;
        for (struct dirent *e; dir && (e = readdir(dir));) {
                if (release_check(e->d_name, NULL) < 0 ||
                    (best && strverscmp(e->d_name, best) <= 0) || !holds_kernel(sys, e->d_name))
                        continue;
                free(best);
                best = xstrdup(e->d_name);
        }
        if (!best)
                return fail(why, -ENOENT,
                            "no kernel is installed in /lib/modules: name one with --kernel");
        *out = TAKE_PTR(best);
        return 0;
}

int release_asked(const struct sys *sys, char **out, char **why)
{
        if (!sys->release)
                return release_newest(sys, out, why);
        int r = release_check(sys->release, why);
        if (r == 0)
                *out = xstrdup(sys->release);
        return r;
}
