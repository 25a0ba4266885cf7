/* SPDX-License-Identifier: GPL-2.0-or-later */
/* login.defs: what is set is in force, and what is put back is the original, whatever the text. */
#include <assert.h>
#include <stddef.h>

#include "accounts/accounts.h"
#include "accounts/login_defs.h"
#include "lib/util.h"

#define KEY "USERGROUPS_ENAB"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (memchr(data, '\0', size))
                return 0;
        /* Two texts in one input: the original, and what somebody made of it. */
        const char *text = (const char *)data, *cut = memchr(text, '\f', size);
        size_t len = cut ? (size_t)(cut - text) : size, n, m;
        _cleanup_free_ char *set = login_defs_set(text, len, KEY, "yes", &n);
        _cleanup_free_ char *value = login_defs_get(set, n, KEY);
        assert(value && streq(value, "yes"));
        _cleanup_free_ char *back = login_defs_put_back(set, n, text, len, KEY, "yes", &m);
        assert(back && m == len && memcmp(back, text, len) == 0);
        if (!cut)
                return 0;
        _cleanup_free_ char *other =
                login_defs_put_back(cut + 1, size - len - 1, text, len, KEY, "yes", &m);
        assert(!other || m <= size + strlen(KEY));
        return 0;
}
