/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One name in the root's own account files. */
#include "accounts/accounts.h"

#include <errno.h>

#include "accounts/records.h"
#include "lib/util.h"

#define SHORTEST_HASH 13 /* DES crypt(3): nothing shorter can match a password */

struct look {
        const char *name;
        struct account *a;
        enum password in_passwd, in_shadow;
        unsigned seen_line;
};

typedef void (*see_fn)(struct look *look, const struct record *record);

static enum password password_of(const char *field)
{
        if (!*field)
                return PASSWORD_EMPTY;
        if (*field == '!' || *field == '*' || strlen(field) < SHORTEST_HASH)
                return PASSWORD_LOCKED;
        return PASSWORD_USABLE;
}

static void see_user(struct look *look, const struct record *r)
{
        struct account *a = look->a;
        a->user = true;
        a->user_line = r->line;
        a->uid = record_id(r, PASSWD_UID);
        a->primary = record_id(r, PASSWD_GID);
        a->home = xstrdup(r->field[PASSWD_HOME]);
        a->shell = xstrdup(r->field[PASSWD_SHELL]);
        look->a->shadowed = streq(r->field[PASSWD_PASSWORD], "x");
        look->in_passwd = password_of(r->field[PASSWD_PASSWORD]);
}

static void see_group(struct look *look, const struct record *r)
{
        struct account *a = look->a;
        a->group = true;
        a->group_line = r->line;
        a->gid = record_id(r, GROUP_GID);
        a->members = xstrdup(r->field[GROUP_MEMBERS]);
}

static void see_shadow(struct look *look, const struct record *r)
{
        look->a->shadow = true;
        look->in_shadow = password_of(r->field[SHADOW_PASSWORD]);
}

static void see_same_uid(struct look *look, const struct record *r)
{
        struct account *a = look->a;
        if (!a->shares_uid_with && record_id(r, PASSWD_UID) == a->uid &&
            !streq(r->field[PASSWD_NAME], look->name))
                a->shares_uid_with = xstrdup(r->field[PASSWD_NAME]);
}

static void see_primary(struct look *look, const struct record *r)
{
        struct account *a = look->a;
        if (!a->primary_name && record_id(r, GROUP_GID) == a->primary)
                a->primary_name = xstrdup(r->field[GROUP_NAME]);
}

/* Everybody reads the first of two; the shadow tools change neither. */
static void see_again(struct look *look, enum records_file file, const struct record *r)
{
        look->a->again.file = records_path(file);
        look->a->again.line = r->line;
        look->a->again.first = look->seen_line;
}

/* Calls NAMED for the first entry of the name, OTHER for every entry; either may be NULL. */
static int read_through(const struct sys *sys, enum records_file file, struct look *look,
                        see_fn named, see_fn other, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        int r = records_read(sys, file, &text, &len, why);
        if (r < 0)
                return r;
        struct record_reader reader;
        struct record record;
        record_reader_init(&reader, file, text, len);
        look->seen_line = 0;
        while (record_next(&reader, &record)) {
                if (other && record.read)
                        other(look, &record);
                if (!named || !streq(record.field[0], look->name))
                        continue;
                if (*record.wrong)
                        return record_refused(file, &record, why);
                if (!look->seen_line)
                        named(look, &record);
                else if (!look->a->again.line)
                        see_again(look, file, &record);
                look->seen_line = look->seen_line ? look->seen_line : record.line;
        }
        return 0;
}

static int read_shadow(const struct sys *sys, struct look *look, char **why)
{
        _cleanup_free_ char *denied = NULL;
        int r = read_through(sys, SHADOW, look, see_shadow, NULL, &denied);
        if (r == -ENOENT)
                return 0;
        if (r == -EACCES) {
                look->in_shadow = PASSWORD_UNREAD;
                look->a->shadow = true;
                return 0;
        }
        return r < 0 ? fail(why, r, "%s", denied) : 0;
}

int account_read(const struct sys *sys, const char *name, struct account *out, char **why)
{
        _cleanup_account_ struct account a = { .user = false };
        struct look look = { .name = name, .a = &a };
        int r = read_through(sys, PASSWD, &look, see_user, NULL, why);
        if (r == 0 && a.user)
                r = read_through(sys, PASSWD, &look, NULL, see_same_uid, why);
        if (r == 0)
                r = read_through(sys, GROUP, &look, see_group, NULL, why);
        if (r == 0 && a.user)
                r = read_through(sys, GROUP, &look, NULL, see_primary, why);
        if (r == 0)
                r = read_shadow(sys, &look, why);
        if (r < 0)
                return r;
        a.password = a.shadowed ? (a.shadow ? look.in_shadow : PASSWORD_LOCKED) : look.in_passwd;
        *out = a;
        a = (struct account){ .user = false };
        return 0;
}

void account_free(struct account *a)
{
        free(a->primary_name);
        free(a->members);
        free(a->home);
        free(a->shell);
        free(a->shares_uid_with);
        *a = (struct account){ .user = false };
}

const char *account_nologin(const struct sys *sys)
{
        static const char *const paths[] = { "/usr/sbin/nologin", "/sbin/nologin",
                                             "/usr/bin/nologin", "/bin/false", "/usr/bin/false" };
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
                if (sys_exists(sys, paths[i]))
                        return paths[i];
        return paths[0];
}

bool account_shell_is_closed(const char *shell)
{
        const char *slash = strrchr(shell, '/');
        const char *name = slash ? slash + 1 : shell;
        return streq(name, "nologin") || streq(name, "false");
}
