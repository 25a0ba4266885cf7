/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ids are the system's, and which of them are free. */
#include "accounts/accounts.h"

#include <errno.h>

#include "accounts/login_defs.h"
#include "accounts/records.h"
#include "lib/util.h"

/* A number as the shadow tools read it: to 4.16, and since 4.17 (login_defs_differs()). */
struct number {
        unsigned before, since;
};

/* Their getdef_ulong(): any base of strtoul(3), the fallback where it is no number. Where they do not agree KEY goes
 * into *DISPUTED. */
static struct number range_value(const char *text, size_t len, const char *key,
                                 struct number fallback, const char **disputed)
{
        _cleanup_free_ char *value = login_defs_get(text, len, key);
        if (!value || !*value || strchr(value, '-'))
                return fallback;
        char *end;
        errno = 0;
        unsigned long n = strtoul(value, &end, 0);
        if (errno || *end || n >= UINT32_MAX)
                return fallback;
        bool differs = login_defs_differs(text, len, key);
        if (differs)
                *disputed = key;
        return (struct number){ (unsigned)n, differs ? fallback.since : (unsigned)n };
}

/* Where nothing says how far the system's ids go, they end before a person's begin. */
int account_system_range(const struct sys *sys, enum account_database database, unsigned *min,
                         unsigned *max, const char **disputed, char **why)
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
        const char *t = text ? text : "", *const *key = keys[database], *unsure = NULL;
        struct number low = { 101, 101 }, person = { 1000, 1000 }; /* shadow's built-in defaults */
        low = range_value(t, len, key[0], low, &unsure);
        person = range_value(t, len, key[2], person, &unsure);
        struct number high = { person.before - 1, person.since - 1 };
        high = range_value(t, len, key[1], high, &unsure);
        *min = low.before > low.since ? low.before : low.since;
        *max = high.before < high.since ? high.before : high.since;
        if (disputed)
                *disputed = unsure;
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
        int r = account_system_range(sys, database, &min, &max, NULL, why);
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
