/* SPDX-License-Identifier: GPL-2.0-or-later */
/* USERGROUPS_ENAB set for a while, on disk. */
#include "accounts/toggle.h"

#include <errno.h>

#include "accounts/accounts.h"
#include "accounts/login_defs.h"
#include "lib/edit.h"
#include "lib/util.h"

#define KEY "USERGROUPS_ENAB"

static const char *text_of(const char *original)
{
        return original ? original : "";
}

int toggle_on_disk(const struct sys *sys, const char *original, size_t len, const char *value,
                   char **why)
{
        size_t n;
        _cleanup_free_ char *text = login_defs_set(text_of(original), len, KEY, value, &n);
        return edit_replace(sys, LOGIN_DEFS, text, n, 0644, why);
}

/* The file with the key as it was; NULL: it is not ours to put back. */
static int put_back_text(const struct sys *sys, const char *original, size_t len, const char *value,
                         char **text, size_t *n, char **why)
{
        _cleanup_free_ char *now = NULL;
        size_t now_len = 0;
        *text = NULL;
        int r = login_defs_read(sys, &now, &now_len, why);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        if (original && now_len == len && memcmp(now, original, len) == 0)
                return 0;
        *text = login_defs_put_back(now, now_len, text_of(original), len, KEY, value, n);
        return 0;
}

int toggle_put_back(const struct sys *sys, const char *original, size_t len, const char *value,
                    char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t n = 0;
        int r = edit_sweep(sys, "/etc");
        if (r < 0)
                return fail(why, r, "/etc: %s", strerror(-r));
        r = put_back_text(sys, original, len, value, &text, &n, why);
        if (r < 0 || !text)
                return r;
        if (!original && n == 0)
                return edit_remove(sys, LOGIN_DEFS, why);
        return edit_replace(sys, LOGIN_DEFS, text, n, 0644, why);
}

int toggle_is_there(const struct sys *sys, const char *original, size_t len, const char *value,
                    char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t n = 0;
        int r = put_back_text(sys, original, len, value, &text, &n, why);
        return r < 0 ? r : text != NULL;
}
