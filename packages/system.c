/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which package system, which distribution, which kernels. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>

#include "lib/util.h"
#include "packages/boot.h"
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

static size_t segment(const char *s, bool digits)
{
        size_t n = 0;
        while (digits ? isdigit((unsigned char)s[n]) : isalpha((unsigned char)s[n]))
                n++;
        return n;
}

static int segment_compare(const char *a, size_t na, const char *b, size_t nb, bool digits)
{
        for (; digits && na > 1 && *a == '0'; na--)
                a++;
        for (; digits && nb > 1 && *b == '0'; nb--)
                b++;
        if (digits && na != nb)
                return na < nb ? -1 : 1;
        int c = strncmp(a, b, na < nb ? na : nb);
        return c ? c : (na > nb) - (na < nb);
}

static const char *to_segment(const char *s)
{
        while (*s && *s != '~' && !isalnum((unsigned char)*s))
                s++;
        return s;
}

int release_compare(const char *a, const char *b)
{
        for (;;) {
                a = to_segment(a);
                b = to_segment(b);
                if (*a == '~' && *b == '~') {
                        a++, b++;
                        continue;
                }
                if (*a == '~' || *b == '~')
                        return *a == '~' ? -1 : 1;
                if (!*a || !*b)
                        return (*a != '\0') - (*b != '\0');
                bool digits = isdigit((unsigned char)*a);
                size_t na = segment(a, digits), nb = segment(b, digits);
                int c = nb ? segment_compare(a, na, b, nb, digits) : digits ? 1 : -1;
                if (c)
                        return c;
                a += na;
                b += nb;
        }
}

static int newest_first(const void *a, const void *b)
{
        return release_compare(*(char *const *)b, *(char *const *)a);
}

int release_list(const struct sys *sys, char ***out, char **why)
{
        _cleanup_closedir_ DIR *dir = NULL;
        int r = sys_opendir(sys, "/lib/modules", &dir);
        if (r < 0 && r != -ENOENT)
                return fail(why, r, "/lib/modules: %s", strerror(-r));
        char **list = xcalloc(1, sizeof(*list));
        for (struct dirent *e; dir && (e = readdir(dir));)
                if (release_check(e->d_name, NULL) == 0 && holds_kernel(sys, e->d_name))
                        strv_add(&list, e->d_name);
        qsort(list, strv_length(list), sizeof(*list), newest_first);
        *out = list;
        return 0;
}

int release_newest(const struct sys *sys, char **out, char **why)
{
        _cleanup_strv_ char **list = NULL;
        int r = release_list(sys, &list, why);
        if (r < 0)
                return r;
        if (!list || !list[0])
                return fail(why, -ENOENT,
                            "no kernel is installed in /lib/modules: name one with --kernel");
        *out = xstrdup(list[0]);
        return 0;
}

int release_asked(const struct sys *sys, char **out, char **why)
{
        if (!sys->release)
                return boot_next(sys, out, NULL, why);
        int r = release_check(sys->release, why);
        if (r == 0)
                *out = xstrdup(sys->release);
        return r;
}
