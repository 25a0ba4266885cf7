/* SPDX-License-Identifier: GPL-2.0-or-later */
/* USERGROUPS_ENAB set for a while, on disk. */
#include "accounts/toggle.h"

#include <errno.h>

#include "accounts/accounts.h"
#include "accounts/login_defs.h"
#include "lib/edit.h"
#include "lib/util.h"

#define KEY "USERGROUPS_ENAB"

/* What the key is laid over: the file as it was, else a copy of the vendor's, which one in /etc would
 * hide. */
static int base_read(const struct sys *sys, const char *original, size_t len, char **text,
                     size_t *n, char **why)
{
        if (original) {
                *text = xcalloc(len + 1, 1);
                memcpy(*text, original, len);
                *n = len;
                return 0;
        }
        int r = login_defs_vendor(sys, text, n, why);
        if (r != -ENOENT)
                return r;
        *text = xstrdup("");
        *n = 0;
        return 0;
}

int toggle_on_disk(const struct sys *sys, const char *original, size_t len, const char *value,
                   char **why)
{
        _cleanup_free_ char *base = NULL, *text = NULL, *above = NULL;
        size_t n;
        int r = login_defs_outranked(sys, KEY, &above, why);
        if (r > 0)
                return fail(why, -EBUSY, "%s sets %s and is read after %s", above, KEY, LOGIN_DEFS);
        if (r == 0)
                r = base_read(sys, original, len, &base, &n, why);
        if (r < 0)
                return r;
        text = login_defs_set(base, n, KEY, value, &n);
        return edit_replace(sys, LOGIN_DEFS, text, n, 0644, why);
}

/* The file with the key as it was; NULL: it is not ours to put back. *WHOLE: nothing else has been
 * changed in it. */
static int put_back_text(const struct sys *sys, const char *original, size_t len, const char *value,
                         char **text, size_t *n, bool *whole, char **why)
{
        _cleanup_free_ char *now = NULL, *base = NULL;
        size_t now_len = 0, base_len = 0;
        *text = NULL;
        int r = login_defs_own(sys, &now, &now_len, why);
        if (r == 0)
                r = base_read(sys, original, len, &base, &base_len, why);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        if (original && now_len == len && memcmp(now, original, len) == 0)
                return 0;
        *text = login_defs_put_back(now, now_len, base, base_len, KEY, value, n);
        *whole = *text && *n == base_len && memcmp(*text, base, base_len) == 0;
        return 0;
}

int toggle_put_back(const struct sys *sys, const char *original, size_t len, const char *value,
                    char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t n = 0;
        bool whole = false;
        int r = edit_sweep(sys, "/etc");
        if (r < 0)
                return fail(why, r, "/etc: %s", error_text(-r));
        r = put_back_text(sys, original, len, value, &text, &n, &whole, why);
        if (r < 0 || !text)
                return r;
        if (!original && whole)
                return edit_remove(sys, LOGIN_DEFS, why);
        return edit_replace(sys, LOGIN_DEFS, text, n, 0644, why);
}

int toggle_is_there(const struct sys *sys, const char *original, size_t len, const char *value,
                    char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t n = 0;
        bool whole = false;
        int r = put_back_text(sys, original, len, value, &text, &n, &whole, why);
        return r < 0 ? r : text != NULL;
}
