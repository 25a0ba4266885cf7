/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modules.dep: "kernel/x/NAME.ko: dependencies", a line a module. */
#include "kmod-build/index.h"

#include "kmod-build/build.h"
#include "lib/util.h"

#define INDEX_MAX ((size_t)64 << 20)

/* "NAME.ko", "NAME.ko.xz"; '-' and '_' are one in module names. */
static bool file_is(const char *path, size_t len, const char *module)
{
        const char *base = memrchr(path, '/', len);
        base = base ? base + 1 : path;
        size_t n = strlen(module), rest = len - (size_t)(base - path);
        if (rest < n + 3 || strncmp(base + n, ".ko", 3) != 0)
                return false;
        for (size_t i = 0; i < n; i++)
                if ((base[i] == '-' ? '_' : base[i]) != (module[i] == '-' ? '_' : module[i]))
                        return false;
        return true;
}

static char *find(const struct sys *sys, const char *module, const char *release, bool others_only)
{
        _cleanup_free_ char *path = xasprintf("/lib/modules/%s/modules.dep", release), *text = NULL;
        if (sys_read(sys, path, INDEX_MAX, &text, NULL) < 0)
                return NULL;
        for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                size_t n = strcspn(line, ":\n");
                if (line[n] != ':' || !file_is(line, n, module) ||
                    (others_only && startswith(line, KMOD_UPDATES "/")))
                        continue;
                return line[0] == '/' ? xstrndup(line, n)
                                      : xasprintf("/lib/modules/%s/%.*s", release, (int)n, line);
        }
        return NULL;
}

char *index_find(const struct sys *sys, const char *module, const char *release)
{
        return find(sys, module, release, false);
}

char *index_others(const struct sys *sys, const char *module)
{
        _cleanup_closedir_ DIR *dir = NULL;
        char *found = NULL;
        if (sys_opendir(sys, "/lib/modules", &dir) < 0)
                return NULL;
        for (struct dirent *e; !found && (e = readdir(dir));)
                if (e->d_name[0] != '.')
                        found = find(sys, module, e->d_name, true);
        return found;
}
