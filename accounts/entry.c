/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an entry says, and who has to do with it: what undo asks before it takes one out. */
#include "accounts/accounts.h"

#include <errno.h>

#include "accounts/records.h"
#include "lib/util.h"

/* The first entry that WANTED says yes to; RECORD points into TEXT, which the caller frees. 1, 0 or
 * -errno; a file that is not there has none. */
static int find(const struct sys *sys, enum records_file file,
                bool (*wanted)(const struct record *, const void *), const void *data, char **text,
                struct record *record, char **why)
{
        _cleanup_free_ char *absent = NULL;
        struct record_reader reader;
        size_t len;
        int r = records_read(sys, file, text, &len, &absent);
        if (r == -ENOENT)
                return 0;
        if (r < 0)
                return fail(why, r, "%s", absent);
        record_reader_init(&reader, file, *text, len);
        while (record_next(&reader, record))
                if (wanted(record, data))
                        return 1;
        return 0;
}

static bool is_named(const struct record *r, const void *name)
{
        return streq(r->field[0], name);
}

/* The fields but the password, which every file has second; LINE gets longer by them. */
static int add_fields(const struct sys *sys, enum records_file file, const char *name, char **line,
                      char **why)
{
        _cleanup_free_ char *text = NULL;
        struct record record;
        int r = find(sys, file, is_named, name, &text, &record, why);
        for (unsigned i = 0; r > 0 && i < record.n && i < RECORD_FIELDS; i++) {
                if (i == PASSWD_PASSWORD)
                        continue;
                _cleanup_free_ char *before = *line;
                *line = xasprintf("%s%s%s", before ? before : "", before ? ":" : "",
                                  record.field[i]);
        }
        return r < 0 ? r : 0;
}

int account_entry(const struct sys *sys, enum account_database database, const char *name,
                  char **out, char **why)
{
        _cleanup_free_ char *line = NULL;
        bool users = database == ACCOUNT_USERS;
        int r = add_fields(sys, users ? PASSWD : GROUP, name, &line, why);
        if (r == 0)
                r = add_fields(sys, users ? SHADOW : GSHADOW, name, &line, why);
        if (r == 0)
                *out = TAKE_PTR(line);
        return r;
}

struct id {
        unsigned field, id;
        const char *not_of;
};

static bool has_id(const struct record *r, const void *data)
{
        const struct id *id = data;
        return record_id(r, id->field) == id->id && !(id->not_of && streq(r->field[0], id->not_of));
}

static int find_id(const struct sys *sys, enum records_file file, const struct id *id, char **out,
                   char **why)
{
        _cleanup_free_ char *text = NULL;
        struct record record;
        int r = find(sys, file, has_id, id, &text, &record, why);
        if (r > 0)
                *out = xstrdup(record.field[0]);
        return r;
}

int account_primary_user(const struct sys *sys, gid_t gid, const char *not_of, char **out,
                         char **why)
{
        return find_id(sys, PASSWD, &(struct id){ PASSWD_GID, gid, not_of }, out, why);
}

int account_id_owner(const struct sys *sys, enum account_field field, unsigned id, const char *name,
                     char **out, char **why)
{
        bool user = field == ACCOUNT_UID;
        return find_id(sys, user ? PASSWD : GROUP,
                       &(struct id){ user ? PASSWD_UID : GROUP_GID, id, name }, out, why);
}

int account_passwords(const struct sys *sys, const char *name, unsigned files, bool locked,
                      char **out, char **why)
{
        static const struct {
                unsigned bit;
                enum records_file file;
        } where[] = { { PASSWORD_IN_PASSWD, PASSWD }, { PASSWORD_IN_SHADOW, SHADOW } };
        _cleanup_free_ char *all = xstrdup("");
        for (size_t i = 0; i < ARRAY_SIZE(where); i++) {
                _cleanup_free_ char *text = NULL, *before = NULL;
                struct record record;
                int r = files & where[i].bit
                                ? find(sys, where[i].file, is_named, name, &text, &record, why)
                                : 0;
                if (r < 0)
                        return r;
                if (r == 0 && files & where[i].bit)
                        return fail(why, -ENOENT, "%s is gone", name);
                if (r == 0)
                        continue;
                const char *password = record.field[SHADOW_PASSWORD];
                before = all;
                all = xasprintf("%s%s\n", before, password + (locked && *password == '!'));
        }
        *out = TAKE_PTR(all);
        return 0;
}
