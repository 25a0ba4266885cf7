/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration that a kernel was built with. */
#include "kernels/config.h"

#include <errno.h>

#include "lib/util.h"

#define CONFIG_MAX ((size_t)4 << 20)

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
        return r == -ENOTDIR ? -ENOENT : r;
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
