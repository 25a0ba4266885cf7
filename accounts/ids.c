/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ids are the system's, and which of them are free. */
#include "accounts/accounts.h"

#include <errno.h>

#include "accounts/records.h"
#include "lib/util.h"

/* The shadow tools' getdef_ulong(): any base of strtoul(3), the fallback where it is no number. */
static unsigned range_value(const char *text, size_t len, const char *key, unsigned fallback)
{
        _cleanup_free_ char *value = login_defs_get(text, len, key);
        if (!value || !*value || strchr(value, '-'))
                return fallback;
        char *end;
        errno = 0;
        unsigned long n = strtoul(value, &end, 0);
        return errno || *end || n >= UINT32_MAX ? fallback : (unsigned)n;
}

/* Where nothing says how far the system's ids go, they end before a person's begin. */
int account_system_range(const struct sys *sys, enum account_database database, unsigned *min,
                         unsigned *max, char **why)
{
        static const char *const keys[][3] = {
                [ACCOUNT_USERS] = { "SYS_UID_MIN", "SYS_UID_MAX", "UID_MIN" },
                [ACCOUNT_GROUPS] = { "SYS_GID_MIN", "SYS_GID_MAX", "GID_MIN" },
        };
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        int r = login_defs_read(sys, &text, &len, why);
        if (r < 0 && r != -ENOENT)
                return r;
        const char *t = text ? text : "", *const *key = keys[database];
        *min = range_value(t, len, key[0], 101); /* shadow's built-in defaults */
        *max = range_value(t, len, key[1], range_value(t, len, key[2], 1000) - 1);
        return 0;
}

/* Marks the ids FIELD of FILE that lie in the range. */
static int mark_ids(const struct sys *sys, enum records_file file, unsigned field, unsigned min,
                    unsigned max, bool *taken, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        int r = records_read(sys, file, &text, &len, why);
        if (r < 0)
                return r;
        struct record_reader reader;
        struct record record;
        record_reader_init(&reader, file, text, len);
        while (record_next(&reader, &record)) {
                unsigned id = record_id(&record, field);
                if (id >= min && id <= max)
                        taken[id - min] = true;
        }
        return 0;
}

static int free_id(const struct sys *sys, enum account_database database, unsigned *out, char **why)
{
        unsigned min = 0, max = 0;
        int r = account_system_range(sys, database, &min, &max, why);
        if (r < 0)
                return r;
        if (min == 0)
                min = 1;
        if (max < min || max - min > 100000)
                return fail(why, -ERANGE, "%s: the range of system ids %u-%u is not usable",
                            LOGIN_DEFS, min, max);
        _cleanup_free_ bool *taken = xcalloc(max - min + 1, sizeof(*taken));
        /* An id free in both files: user and group of a service often carry the same number. */
        r = mark_ids(sys, PASSWD, PASSWD_UID, min, max, taken, why);
        if (r == 0)
                r = mark_ids(sys, PASSWD, PASSWD_GID, min, max, taken, why);
        if (r == 0)
                r = mark_ids(sys, GROUP, GROUP_GID, min, max, taken, why);
        if (r < 0)
                return r;
        for (unsigned id = max; id >= min; id--)
                if (!taken[id - min]) {
                        *out = id;
                        return 0;
                }
        return fail(why, -ERANGE, "no system id between %u and %u is free", min, max);
}

int account_free_uid(const struct sys *sys, uid_t *out, char **why)
{
        return free_id(sys, ACCOUNT_USERS, out, why);
}

int account_free_gid(const struct sys *sys, gid_t *out, char **why)
{
        return free_id(sys, ACCOUNT_GROUPS, out, why);
}
