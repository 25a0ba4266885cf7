/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modprobe.d. */
#include "kmod-build/modprobe_d.h"

#include "lib/i18n.h"
#include "lib/util.h"

#define CONF_MAX ((size_t)1 << 20)

static const char *const directories[] = { "/etc/modprobe.d", "/run/modprobe.d",
                                           "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
                                           "/lib/modprobe.d" };

static bool same_module(const char *a, size_t len, const char *b)
{
        if (len != strlen(b))
                return false;
        for (size_t i = 0; i < len; i++)
                if ((a[i] == '-' ? '_' : a[i]) != (b[i] == '-' ? '_' : b[i]))
                        return false;
        return true;
}

static char *next_word(char **rest)
{
        return strtok_r(NULL, " \t", rest);
}

/* "blacklist NAME", or "install NAME /bin/false" and its like. */
static bool line_forbids(const char *line, const char *module)
{
        _cleanup_free_ char *copy = xstrdup(line);
        char *rest = NULL, *verb = strtok_r(copy, " \t", &rest), *name = next_word(&rest);
        if (!verb || !name || !same_module(name, strlen(name), module))
                return false;
        if (streq(verb, "blacklist"))
                return true;
        char *command = next_word(&rest);
        const char *base = command ? strrchr(command, '/') : NULL;
        base = base ? base + 1 : command;
        return streq(verb, "install") && base && (streq(base, "false") || streq(base, "true"));
}

static char *file_forbids(const struct sys *sys, const char *path, const char *module)
{
        _cleanup_free_ char *text = NULL;
        if (sys_read(sys, path, CONF_MAX, &text, NULL) < 0)
                return NULL;
        unsigned n = 1;
        for (char *line = text, *end; *line; line = end, n++) {
                size_t len = strcspn(line, "\n");
                end = line + len + (line[len] == '\n');
                line[len] = '\0';
                if (line_forbids(line, module))
                        return xasprintf("%s:%u: %s", path, n, line);
        }
        return NULL;
}

static bool hidden(const struct sys *sys, size_t directory, const char *name)
{
        for (size_t i = 0; i < directory; i++) {
                _cleanup_free_ char *path = xasprintf("%s/%s", directories[i], name);
                if (sys_exists(sys, path))
                        return true;
        }
        return false;
}

static char *directory_forbids(const struct sys *sys, size_t i, const char *module)
{
        _cleanup_closedir_ DIR *dir = NULL;
        if (sys_opendir(sys, directories[i], &dir) < 0)
                return NULL;
        for (struct dirent *e; (e = readdir(dir));) {
                size_t n = strlen(e->d_name);
                if (n < 5 || !streq(e->d_name + n - 5, ".conf") || hidden(sys, i, e->d_name))
                        continue;
                _cleanup_free_ char *path = xasprintf("%s/%s", directories[i], e->d_name);
                char *found = file_forbids(sys, path, module);
                if (found)
                        return found;
        }
        return NULL;
}

char *cmdline_forbids(const struct sys *sys, const char *module)
{
        static const char *const lists[] = { "module_blacklist=", "modprobe.blacklist=" };
        _cleanup_free_ char *text = NULL;
        char *save = NULL;
        if (!sys->live || sys_read(sys, "/proc/cmdline", 65536, &text, NULL) < 0)
                return NULL;
        for (char *w = strtok_r(text, " \n", &save); w; w = strtok_r(NULL, " \n", &save))
                for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
                        if (!startswith(w, lists[i]))
                                continue;
                        for (const char *p = w + strlen(lists[i]); *p;) {
                                size_t n = strcspn(p, ",");
                                if (same_module(p, n, module))
                                        return xasprintf(_("the kernel's command line: %s"), w);
                                p += n + (p[n] == ',');
                        }
                }
        return NULL;
}

char *modprobe_forbids(const struct sys *sys, const char *module)
{
        char *found = cmdline_forbids(sys, module);
        for (size_t i = 0; !found && i < ARRAY_SIZE(directories); i++)
                found = directory_forbids(sys, i, module);
        return found;
}
