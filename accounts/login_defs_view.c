/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files the shadow tools of a root read as login.defs. Built with libeconf they also read the
 * vendor's file where /etc has none, and drop-ins after it (econf_readDirs(3)). */
#include "accounts/accounts.h"
#include "accounts/login_defs.h"

#include <dirent.h>
#include <errno.h>
#include <strings.h>

#include "lib/i18n.h"
#include "lib/util.h"

#define VENDOR_DIR "/usr/etc"
#define VENDOR_FILE VENDOR_DIR "/login.defs"
#define DROPINS "login.defs.d"
#define KEY_USERGROUPS "USERGROUPS_ENAB"
#define FILE_LIMIT ((size_t)1 << 20)
#define TOOL "/usr/sbin/useradd"
#define TOOL_LIMIT ((size_t)8 << 20)

static int text_read(const struct sys *sys, const char *path, char **text, size_t *len, char **why)
{
        _cleanup_free_ char *t = NULL;
        size_t n = 0;
        int r = sys_read(sys, path, FILE_LIMIT, &t, &n);
        if (r == -ENOENT || r == -ENOTDIR)
                return -ENOENT;
        if (r < 0)
                return fail(why, r, "%s: %s", path, sys_why(r));
        if (memchr(t, '\0', n))
                return fail(why, -EBADMSG, "%s: not a text file", path);
        *text = TAKE_PTR(t);
        *len = n;
        return 0;
}

/* Does the root's own useradd name WHAT in its text (a library it needs, a directory it reads)?
 * FALLBACK where there is no useradd to ask. */
static bool tool_names(const struct sys *sys, const char *what, bool fallback)
{
        _cleanup_free_ char *program = NULL;
        size_t len = 0;
        if (sys_read(sys, TOOL, TOOL_LIMIT, &program, &len) < 0)
                return fallback;
        return memmem(program, len, what, strlen(what)) != NULL;
}

int login_defs_own(const struct sys *sys, char **text, size_t *len, char **why)
{
        return text_read(sys, LOGIN_DEFS, text, len, why);
}

int login_defs_vendor(const struct sys *sys, char **text, size_t *len, char **why)
{
        if (!sys_exists(sys, VENDOR_FILE) || !tool_names(sys, VENDOR_DIR, true))
                return -ENOENT;
        return text_read(sys, VENDOR_FILE, text, len, why);
}

/* --- drop-ins --- */

static void names_add(const struct sys *sys, const char *dir, char ***names)
{
        static const char suffix[] = ".defs";
        _cleanup_free_ char *path = xasprintf("%s/" DROPINS, dir);
        _cleanup_closedir_ DIR *d = NULL;
        if (sys_opendir(sys, path, &d) < 0)
                return;
        for (struct dirent *e; (e = readdir(d));) {
                size_t n = strlen(e->d_name);
                bool known = false;
                for (char **i = *names; i && *i && !known; i++)
                        known = streq(*i, e->d_name);
                if (!known && n >= sizeof(suffix) && *e->d_name != '.' &&
                    streq(e->d_name + n - strlen(suffix), suffix))
                        strv_add(names, e->d_name);
        }
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The drop-ins in their order, as paths; one in /etc hides the vendor's of its name. */
static char **dropins(const struct sys *sys)
{
        static const char *const dirs[] = { "/etc", "/run", VENDOR_DIR };
        _cleanup_strv_ char **names = NULL;
        char **paths = NULL;
        for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
                names_add(sys, dirs[i], &names);
        if (!names || !tool_names(sys, "libeconf.so", sys_exists(sys, VENDOR_FILE)))
                return NULL;
        qsort(names, strv_length(names), sizeof(*names), by_name);
        for (char **n = names; *n; n++)
                for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
                        _cleanup_free_ char *path = xasprintf("%s/" DROPINS "/%s", dirs[i], *n);
                        if (!sys_exists(sys, path))
                                continue;
                        strv_add(&paths, path);
                        break;
                }
        return paths;
}

int login_defs_outranked(const struct sys *sys, const char *key, char **path, char **why)
{
        _cleanup_strv_ char **paths = dropins(sys);
        for (size_t i = strv_length(paths); i-- > 0;) {
                _cleanup_free_ char *text = NULL;
                size_t len = 0, start, length;
                int r = text_read(sys, paths[i], &text, &len, why);
                if (r < 0)
                        return r;
                if (!login_defs_find(text, len, key, &start, &length))
                        continue;
                *path = xstrdup(paths[i]);
                return 1;
        }
        return 0;
}

static void append(char **all, size_t *n, const char *text, size_t len)
{
        bool unfinished = *n > 0 && (*all)[*n - 1] != '\n';
        char *longer = xcalloc(*n + len + 2, 1);
        memcpy(longer, *all ? *all : "", *n);
        if (unfinished)
                longer[*n] = '\n';
        memcpy(longer + *n + unfinished, text, len);
        free(*all);
        *all = longer;
        *n += len + unfinished;
}

int login_defs_read(const struct sys *sys, char **text, size_t *len, char **why)
{
        _cleanup_strv_ char **paths = dropins(sys);
        _cleanup_free_ char *all = NULL;
        size_t n = 0;
        int r = login_defs_own(sys, &all, &n, why);
        if (r == -ENOENT)
                r = login_defs_vendor(sys, &all, &n, why);
        if (r < 0 && !(r == -ENOENT && paths))
                return r;
        for (char **p = paths; p && *p; p++) {
                _cleanup_free_ char *more = NULL;
                size_t more_len = 0;
                r = text_read(sys, *p, &more, &more_len, why);
                if (r < 0)
                        return r;
                append(&all, &n, more, more_len);
        }
        *text = TAKE_PTR(all);
        *len = n;
        return 0;
}

int login_defs_usergroups(const struct sys *sys, char **value, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        int r = login_defs_read(sys, &text, &len, why);
        if (r == -ENOENT) {
                *value = xstrdup(_("no such file, which counts as no"));
                return 0;
        }
        if (r < 0)
                return r;
        _cleanup_free_ char *v = login_defs_get(text, len, KEY_USERGROUPS);
        bool differs = login_defs_differs(text, len, KEY_USERGROUPS),
             on = v && strcasecmp(v, "yes") == 0 && !differs;
        *value =
                differs ? xasprintf(_("%s, and a carriage return that shadow 4.17 takes for a part "
                                      "of it"),
                                    v ? v : "")
                : v     ? TAKE_PTR(v)
                        : xstrdup(_("not set, which counts as no"));
        return on;
}
