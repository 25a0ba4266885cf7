/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of an account file changed or taken out, every other byte as it was. */
#include "accounts/accounts.h"

#include <errno.h>
#include <fcntl.h>

#include "accounts/records.h"
#include "accounts/text_splice.h"
#include "lib/edit.h"
#include "lib/i18n.h"
#include "lib/util.h"
#include "lib/wait.h"

#define LOCK_FILE "/etc/.pwd.lock"
#define POLL_MS 50

/* What becomes of a line: its new text (malloc'ed, without newline), or "" to take it out.
 * 1: changed, 0: nothing to do, -errno. FIELDS are those of the line. */
typedef int (*edit_fn)(const struct record *record, const void *data, char **line, char **why);

/* The lock of lckpwdf(3) in this root. */
static int lock_files(const struct sys *sys, char **why)
{
        _cleanup_close_ int fd = sys_openat_nolinks(
                sys, LOCK_FILE, O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK, 0600);
        if (fd < 0)
                return fail(why, fd, "%s: %s", LOCK_FILE, sys_why(fd));
        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
        struct wait wait = { 0 };
        while (fcntl(fd, F_SETLK, &lock) < 0) {
                if (errno != EACCES && errno != EAGAIN && errno != EINTR)
                        return fail(why, -errno, "%s: %s", LOCK_FILE, error_text(errno));
                int r = wait_pause(sys, &wait, _("another program that changes users"), POLL_MS,
                                   why);
                if (r < 0)
                        return fail(why, r == -EAGAIN ? -EBUSY : r,
                                    "%s is held by another program that changes users", LOCK_FILE);
        }
        return TAKE_FD(fd);
}

/* TEXT with LENGTH bytes at START replaced; where STRIP, without the newline at its end. */
static int write_spliced(const struct sys *sys, enum records_file file, const char *text,
                         size_t len, size_t start, size_t length, const char *line, bool strip,
                         char **why)
{
        size_t n;
        _cleanup_free_ char *out = text_splice(text, len, start, length, line, strlen(line), &n);
        if (strip && n > 0 && out[n - 1] == '\n')
                n--;
        /* What a killed writer left; who holds the lock is alone with it. */
        (void)edit_sweep(sys, "/etc");
        return edit_replace(sys, records_path(file), out, n, 0644, why);
}

/* Where NAME has no line there is nothing to do. */
static int edit_line(const struct sys *sys, enum records_file file, const char *name, edit_fn fn,
                     const void *data, bool strip, char **why)
{
        _cleanup_close_ int lock = lock_files(sys, why);
        if (lock < 0)
                return lock;
        _cleanup_free_ char *text = NULL, *cut = NULL, *line = NULL, *whole = NULL, *absent = NULL;
        size_t len, start, length;
        int r = records_read(sys, file, &text, &len, &absent);
        if (r == -ENOENT || (r == 0 && !record_find(text, len, name, &start, &length)))
                return 0;
        if (r < 0)
                return fail(why, r, "%s", absent);
        bool newline = text[start + length - 1] == '\n';
        cut = xstrndup(text + start, length - newline);
        struct record_reader reader;
        struct record record;
        record_reader_init(&reader, file, cut, length - newline);
        if (!record_next(&reader, &record))
                return 0;
        r = *record.wrong ? record_refused(file, &record, why) : fn(&record, data, &line, why);
        if (r <= 0 || !line)
                return r;
        whole = xasprintf("%s%s", line, *line && newline ? "\n" : "");
        return write_spliced(sys, file, text, len, start, length, whole, strip, why);
}

/* The line with field FIELD replaced. */
static char *with_field(const struct record *record, unsigned field, const char *value)
{
        char *line = xstrdup("");
        for (unsigned i = 0; i < record->n; i++) {
                char *longer = xasprintf("%s%s%s", line, i ? ":" : "",
                                         i == field ? value : record->field[i]);
                free(line);
                line = longer;
        }
        return line;
}

struct id_change {
        enum records_file file;
        unsigned field, from, to;
};

static int change_id(const struct record *record, const void *data, char **line, char **why)
{
        const struct id_change *c = data;
        unsigned now = record_id(record, c->field);
        if (now == c->to)
                return 0;
        if (now != c->from)
                return fail(why, -ESTALE, "%s: the id of %s is %u now, not %u: left as it is",
                            records_path(c->file), record->field[0], now, c->from);
        _cleanup_free_ char *value = xasprintf("%u", c->to);
        *line = with_field(record, c->field, value);
        return 1;
}

int account_change_id(const struct sys *sys, enum account_field field, const char *name,
                      unsigned from, unsigned to, char **why)
{
        static const struct {
                enum records_file file;
                unsigned field;
        } where[] = {
                [ACCOUNT_UID] = { PASSWD, PASSWD_UID },
                [ACCOUNT_PRIMARY_GID] = { PASSWD, PASSWD_GID },
                [ACCOUNT_GROUP_GID] = { GROUP, GROUP_GID },
        };
        struct id_change c = { where[field].file, where[field].field, from, to };
        return edit_line(sys, c.file, name, change_id, &c, false, why);
}

/* passwd and shadow have the password in the same field. */
static int unlock(const struct record *record, const void *data, char **line, char **why)
{
        (void)data;
        (void)why;
        const char *password = record->field[SHADOW_PASSWORD];
        if (*password != '!')
                return 0;
        *line = with_field(record, SHADOW_PASSWORD, password + 1);
        return 1;
}

int account_unlock_password(const struct sys *sys, const char *name, unsigned files, char **why)
{
        int r = 0;
        if (files & PASSWORD_IN_PASSWD)
                r = edit_line(sys, PASSWD, name, unlock, NULL, false, why);
        if (r == 0 && (files & PASSWORD_IN_SHADOW))
                r = edit_line(sys, SHADOW, name, unlock, NULL, false, why);
        return r;
}

/* Would usermod -L put a ! before the password of this line? */
static int is_unlocked(const struct sys *sys, enum records_file file, const char *name, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len, start, length;
        int r = records_read(sys, file, &text, &len, why);
        if (r < 0)
                return r;
        if (!record_find(text, len, name, &start, &length))
                return 0;
        const char *password = text + start + strlen(name) + 1;
        return *password != '!' && !(file == PASSWD && startswith(password, "x:"));
}

int account_password_unlocked(const struct sys *sys, const char *name, unsigned *files, char **why)
{
        _cleanup_free_ char *absent = NULL;
        int in_passwd = is_unlocked(sys, PASSWD, name, why);
        if (in_passwd < 0)
                return in_passwd;
        int in_shadow = is_unlocked(sys, SHADOW, name, &absent);
        if (in_shadow < 0 && in_shadow != -ENOENT)
                return fail(why, in_shadow, "%s", absent);
        *files = (in_passwd ? PASSWORD_IN_PASSWD : 0U) | (in_shadow > 0 ? PASSWORD_IN_SHADOW : 0U);
        return 0;
}

/* Ours: no login, no members. */
static int take_user(const struct record *r, const void *data, char **line, char **why)
{
        (void)data;
        if (!account_shell_is_closed(r->field[PASSWD_SHELL]) || record_id(r, PASSWD_UID) == 0)
                return fail(why, -ESTALE, "user %s has been changed since and is left as it is",
                            r->field[0]);
        *line = xstrdup("");
        return 1;
}

static int take_group(const struct record *r, const void *data, char **line, char **why)
{
        (void)data;
        if (*r->field[GROUP_MEMBERS] || record_id(r, GROUP_GID) == 0)
                return fail(why, -ESTALE, "group %s has been changed since and is left as it is",
                            r->field[0]);
        *line = xstrdup("");
        return 1;
}

static int take_any(const struct record *r, const void *data, char **line, char **why)
{
        (void)r;
        (void)data;
        (void)why;
        *line = xstrdup("");
        return 1;
}

static int remove_from(const struct sys *sys, enum records_file main_file, enum records_file second,
                       const char *name, edit_fn take, unsigned unterminated, char **why)
{
        bool strip[] = { unterminated >> main_file & 1, unterminated >> second & 1 };
        int r = edit_line(sys, main_file, name, take, NULL, strip[0], why);
        return r < 0 ? r : edit_line(sys, second, name, take_any, NULL, strip[1], why);
}

int account_remove_user(const struct sys *sys, const char *name, unsigned unterminated, char **why)
{
        return remove_from(sys, PASSWD, SHADOW, name, take_user, unterminated, why);
}

int account_remove_group(const struct sys *sys, const char *name, unsigned unterminated, char **why)
{
        return remove_from(sys, GROUP, GSHADOW, name, take_group, unterminated, why);
}

int account_unterminated(const struct sys *sys, unsigned *files, char **why)
{
        unsigned bits = 0;
        for (int file = 0; file < RECORDS_FILES; file++) {
                _cleanup_free_ char *text = NULL, *absent = NULL;
                size_t len = 0;
                int r = records_read(sys, file, &text, &len, &absent);
                if (r == -ENOENT)
                        continue;
                if (r < 0)
                        return fail(why, r, "%s", absent);
                if (len > 0 && text[len - 1] != '\n')
                        bits |= 1U << file;
        }
        *files = bits;
        return 0;
}
