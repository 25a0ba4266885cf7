/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ExtraSource= of secep.conf as files the package system reads. */
#include "packages/extra_source.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/conf.h"
#include "lib/io.h"
#include "lib/util.h"

#define SOURCE_MAX ((size_t)256 * 1024)

static const char *suffix_of(enum package_kind kind, const char *text)
{
        if (kind == PACKAGES_RPM)
                return "repo";
        return startswith(text, "deb ") || strstr(text, "\ndeb ") ? "list" : "sources";
}

static int write_text(enum package_kind kind, const char *dir, unsigned n, const char *text,
                      char **why)
{
        _cleanup_free_ char *path = xasprintf("%s/secep-%u.%s", dir, n, suffix_of(kind, text));
        _cleanup_close_ int fd =
                open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
        int r = fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
        return r < 0 ? fail(why, r, "%s: %s", path, error_text(-r)) : 0;
}

static int copy_file(const struct sys *sys, enum package_kind kind, const char *dir, unsigned n,
                     const char *from, char **why)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read(sys, from, SOURCE_MAX, &text, NULL);
        if (r < 0)
                return fail(why, -EINVAL, "ExtraSource=%s: %s", from, sys_why(r));
        return write_text(kind, dir, n, text, why);
}

int extra_write(const struct sys *sys, enum package_kind kind, const char *dir, char **why)
{
        unsigned n = 0;
        int r = 0;
        _cleanup_free_ char *body = xstrdup("");
        for (char *const *v = conf_list(sys, "ExtraSource"); r == 0 && v && *v; v++) {
                if (**v == '/') {
                        r = copy_file(sys, kind, dir, n++, *v, why);
                        continue;
                }
                char *longer = xasprintf("%s%s\n", body, *v);
                free(body);
                body = longer;
        }
        return r == 0 && *body ? write_text(kind, dir, n, body, why) : r;
}
