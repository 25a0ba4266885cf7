/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel releases: their form, their order, which are installed. */
#include "kernels/release.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>

#include "lib/util.h"

#define RELEASE_MAX 64

int release_check(const char *release, char **why)
{
        bool good = isalnum((unsigned char)release[0]) && strlen(release) <= RELEASE_MAX;
        for (const char *p = release; good && *p; p++)
                good = isalnum((unsigned char)*p) || strchr(".+~_-", *p);
        if (!good)
                return fail(
                        why, -EINVAL,
                        "\"%.80s\" is not a kernel release (letters, digits and . + ~ _ - only)",
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
                return fail(why, r, "/lib/modules: %s", error_text(-r));
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
