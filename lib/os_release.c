/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which distribution. */
#include "lib/os_release.h"

#include <errno.h>

#include "lib/util.h"

#define OS_RELEASE_MAX ((size_t)64 * 1024)

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
                        return fail(why, r, "%s: %s", paths[i], sys_why(r));
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
