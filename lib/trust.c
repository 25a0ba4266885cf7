/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether only root can have put a file where it is. */
#include "lib/trust.h"

#include <errno.h>

#include "lib/i18n.h"
#include "lib/util.h"

#define LINKS_MAX 40 /* as the kernel's MAXSYMLINKS */

/* What was judged so far, without a symlink in it ("" is the top), and what is left to walk. */
struct way {
        char *done, *rest;
        int links;
};

static void way_free(struct way *way)
{
        free(way->done);
        free(way->rest);
}
#define _cleanup_way_ _cleanup_(way_free)

static int judge(const char *path, const struct stat *st, char **why)
{
        if (st->st_uid != 0 && st->st_uid != geteuid())
                return fail(why, -EPERM, _("%s belongs to uid %u, not to root"), path,
                            (unsigned)st->st_uid);
        if (st->st_mode & (S_IWGRP | S_IWOTH))
                return fail(why, -EPERM, _("%s is writable by others than root (mode %04o)"), path,
                            (unsigned)st->st_mode & 07777);
        return 0;
}

/* Takes the next name off the rest; NULL: there is none. */
static char *next_name(struct way *way)
{
        char *start = way->rest + strspn(way->rest, "/");
        size_t n = strcspn(start, "/");
        char *name = n ? xstrndup(start, n) : NULL;
        memmove(way->rest, start + n, strlen(start + n) + 1);
        return name;
}

/* AT is a symlink in the directory done. */
static int follow(const struct sys *sys, struct way *way, const char *at, char **why)
{
        _cleanup_free_ char *target = NULL;
        int r = ++way->links > LINKS_MAX ? -ELOOP : sys_readlink(sys, at, &target);
        if (r < 0)
                return fail(why, r, "%s: %s", at, error_text(-r));
        char *rest = xasprintf("%s/%s", target, way->rest);
        free(way->rest);
        way->rest = rest;
        if (*target == '/')
                *way->done = '\0';
        return 0;
}

static int step(const struct sys *sys, struct way *way, const char *name, char **why)
{
        struct stat st;
        if (streq(name, "."))
                return 0;
        if (streq(name, "..")) {
                char *slash = strrchr(way->done, '/');
                if (slash)
                        *slash = '\0';
                return 0;
        }
        _cleanup_free_ char *at = xasprintf("%s/%s", way->done, name);
        int r = sys_lstat_nolinks(sys, at, &st);
        if (r < 0)
                return fail(why, r, "%s: %s", at, error_text(-r));
        if (S_ISLNK(st.st_mode))
                return follow(sys, way, at, why);
        r = judge(at, &st, why);
        if (r < 0)
                return r;
        free(way->done);
        way->done = TAKE_PTR(at);
        return 0;
}

int sys_trusted(const struct sys *sys, const char *path, char **why)
{
        _cleanup_way_ struct way way = { xstrdup(""), xstrdup(path), 0 };
        struct stat st;
        int r = sys_stat(sys, "/", &st);
        r = r < 0 ? fail(why, r, "%s: %s", "/", error_text(-r)) : judge("/", &st, why);
        while (r == 0) {
                _cleanup_free_ char *name = next_name(&way);
                if (!name)
                        break;
                r = step(sys, &way, name, why);
        }
        return r;
}
