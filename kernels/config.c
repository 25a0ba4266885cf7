/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration that a kernel was built with. */
#include "kernels/config.h"

#include <errno.h>
#include <stdio.h>

#include "lib/util.h"

#define CONFIG_MAX ((size_t)4 << 20)

/* Does the header tree say that it is of RELEASE? */
static bool tree_is_of(const struct sys *sys, const char *release)
{
        _cleanup_free_ char *path =
                xasprintf("/lib/modules/%s/build/include/generated/utsrelease.h", release);
        _cleanup_free_ char *quoted = xasprintf("\"%s\"", release), *text = NULL;
        return sys_read(sys, path, CONFIG_MAX, &text, NULL) == 0 && strstr(text, quoted);
}

/* "#define CONFIG_X_MODULE 1" is "CONFIG_X=m", and so on. */
static void put_define(FILE *out, const char *name, size_t n, const char *value)
{
        static const char module[] = "_MODULE";
        const size_t m = strlen(module), len = strcspn(value, "\n");
        bool one = len == 1 && *value == '1';
        bool is_module = one && n > m && memcmp(name + n - m, module, m) == 0;
        if (one)
                fprintf(out, "%.*s=%c\n", (int)(is_module ? n - m : n), name,
                        is_module ? 'm' : 'y');
        else
                fprintf(out, "%.*s=%.*s\n", (int)n, name, (int)len, value);
}

/* A header tree has the same configuration as C: what a module is built by. */
static int read_header(const struct sys *sys, const char *release, char **text)
{
        _cleanup_free_ char *path =
                xasprintf("/lib/modules/%s/build/include/generated/autoconf.h", release);
        _cleanup_free_ char *header = NULL;
        size_t len = 0;
        if (!tree_is_of(sys, release) || sys_read(sys, path, CONFIG_MAX, &header, NULL) < 0)
                return -ENOENT;
        FILE *out = open_memstream(text, &len);
        if (!out)
                return -ENOMEM;
        for (const char *line = header; *line; line += *line == '\n') {
                const char *name =
                        startswith(line, "#define CONFIG_") ? strchr(line, ' ') + 1 : NULL;
                size_t n = name ? strcspn(name, " \n") : 0;
                if (name && name[n] == ' ')
                        put_define(out, name, n, name + n + 1);
                line += strcspn(line, "\n");
        }
        return fclose(out) == 0 ? 0 : -ENOMEM;
}

int kernel_config_read(const struct sys *sys, const char *release, char **text)
{
        static const struct {
                const char *before, *after;
        } places[] = { { "/boot/config-", "" },
                       { "/lib/modules/", "/config" },
                       { "/usr/lib/modules/", "/config" } };
        int r = -ENOENT;
        for (size_t i = 0; i < ARRAY_SIZE(places) && (r == -ENOENT || r == -ENOTDIR); i++) {
                _cleanup_free_ char *path =
                        xasprintf("%s%s%s", places[i].before, release, places[i].after);
                r = sys_read(sys, path, CONFIG_MAX, text, NULL);
        }
        return r == -ENOENT || r == -ENOTDIR ? read_header(sys, release, text) : r;
}

/* Behind CONFIG_OPTION at the start of LINE, or NULL. */
static const char *behind(const char *line, const char *option)
{
        static const char prefix[] = "CONFIG_";
        size_t n = strlen(option);
        if (!startswith(line, prefix) || strncmp(line + strlen(prefix), option, n) != 0)
                return NULL;
        return line + strlen(prefix) + n;
}

static char value_of(const char *at)
{
        if ((*at == 'y' || *at == 'm') && (at[1] == '\0' || strchr(" \t\r\n", at[1])))
                return *at;
        return 'n';
}

char kernel_config_value(const char *text, const char *option)
{
        char value = 0;
        for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                bool unset = startswith(line, "# ");
                const char *end = behind(unset ? line + 2 : line, option);
                if (!end || *end != (unset ? ' ' : '='))
                        continue;
                value = 'n';
                if (!unset)
                        value = value_of(end + 1);
        }
        return value;
}
