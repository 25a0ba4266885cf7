/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the account files. */
#include "accounts/records.h"

#include <errno.h>

#include "lib/i18n.h"
#include "lib/util.h"

#define FILE_LIMIT ((size_t)64 << 20)

static const struct kind {
        const char *path;
        unsigned min, max; /* fields, for the shadow tools */
        unsigned ids;      /* bit N: field N is a user or group id */
} kinds[RECORDS_FILES] = {
        [PASSWD] = { "/etc/passwd", 7, 7, 1U << PASSWD_UID | 1U << PASSWD_GID },
        [GROUP] = { "/etc/group", 4, 4, 1U << GROUP_GID },
        [SHADOW] = { "/etc/shadow", 5, 9, 0 }, /* 5: the old form, which glibc still reads */
        [GSHADOW] = { "/etc/gshadow", 4, 4, 0 },
};

const char *records_path(enum records_file file)
{
        return kinds[file].path;
}

void record_reader_init(struct record_reader *r, enum records_file file, char *text, size_t len)
{
        *r = (struct record_reader){ .file = file, .pos = text, .end = text + len };
}

/* isspace(3) of the C locale. */
static size_t blanks(const char *line)
{
        return strspn(line, " \t\r\f\v");
}

/* Cuts LINE at its colons into MAX fields, of which the last keeps what is left and those that are
 * missing are empty; the number of fields that are written there. */
static unsigned cut(char *line, unsigned max, struct record *out)
{
        char *end = line + strlen(line);
        unsigned n = 0;
        while (n < max && line) {
                out->field[n++] = line;
                char *colon = strchr(line, ':');
                if (colon && n < max)
                        *colon = '\0';
                line = colon ? colon + 1 : NULL;
        }
        for (unsigned i = n; i < max; i++)
                out->field[i] = end;
        for (; line; line = strchr(line, ':') ? strchr(line, ':') + 1 : NULL)
                n++;
        return n;
}

/* As glibc reads a number: strtoul(3), and what no 32 bits hold makes the line none. */
static bool id_read(const char *field, unsigned *out)
{
        char *end;
        unsigned long n = strtoul(field, &end, 10);
        if (end == field || *end || n > UINT32_MAX)
                return false;
        *out = (unsigned)n;
        return true;
}

/* A number to everybody, as nearly all are: of so few digits that every reader can hold it. */
static bool id_is_plain(const char *field)
{
        size_t n = 0;
        while (field[n] >= '0' && field[n] <= '9')
                n++;
        return n > 0 && n <= 9 && field[n] == '\0';
}

static void wrong_is(struct record *record, const char *why)
{
        snprintf(record->wrong, sizeof(record->wrong), "%s", why);
}

/* Does glibc read the entry, and what keeps the shadow tools from it? */
static void judge(const struct kind *kind, struct record *record, bool nul)
{
        record->read = true;
        for (unsigned i = 0; i < kind->max; i++) {
                unsigned id;
                long strict;
                if (!(kind->ids & 1U << i) || id_is_plain(record->field[i]))
                        continue;
                if (!id_read(record->field[i], &id))
                        record->read = false;
                if (parse_long(record->field[i], 0, (long)UINT32_MAX - 1, &strict) < 0)
                        wrong_is(record, _("an id that is not a number"));
        }
        if (nul)
                wrong_is(record, _("a NUL byte"));
        else if (record->n < kind->min || record->n > kind->max)
                snprintf(record->wrong, sizeof(record->wrong), _("%u fields instead of %u"),
                         record->n, kind->max);
        else if (!*record->field[0])
                wrong_is(record, _("an entry without a name"));
        else if (record->indented)
                wrong_is(record, _("blanks before the name"));
}

bool record_next(struct record_reader *r, struct record *out)
{
        const struct kind *kind = &kinds[r->file];
        while (r->pos < r->end) {
                char *line = r->pos;
                char *eol = memchr(line, '\n', (size_t)(r->end - line));
                if (!eol)
                        eol = r->end;
                *eol = '\0';
                r->pos = eol + 1;
                r->line++;
                bool nul = strlen(line) != (size_t)(eol - line);
                size_t skipped = blanks(line);
                line += skipped;
                if (!*line || strchr("#+-", *line))
                        continue;
                *out = (struct record){ .line = r->line, .indented = skipped > 0 };
                out->n = cut(line, kind->max, out);
                judge(kind, out, nul);
                return true;
        }
        return false;
}

int record_refused(enum records_file file, const struct record *record, char **why)
{
        return fail(why, -EBADMSG, "%s:%u: %s", kinds[file].path, record->line, record->wrong);
}

unsigned record_id(const struct record *record, unsigned field)
{
        unsigned id = UINT32_MAX;
        (void)id_read(record->field[field], &id);
        return id;
}

int records_read(const struct sys *sys, enum records_file file, char **text, size_t *len,
                 char **why)
{
        const char *path = kinds[file].path;
        int r = sys_read(sys, path, FILE_LIMIT, text, len);
        return r < 0 ? fail(why, r, "%s: %s", path, sys_why(r)) : 0;
}

int record_find(const char *text, size_t len, const char *name, size_t *start, size_t *length)
{
        size_t name_len = strlen(name);
        for (size_t at = 0; at < len;) {
                const char *eol = memchr(text + at, '\n', len - at);
                size_t n = eol ? (size_t)(eol - (text + at)) + 1 : len - at;
                if (n > name_len && memcmp(text + at, name, name_len) == 0 &&
                    text[at + name_len] == ':') {
                        *start = at;
                        *length = n;
                        return 1;
                }
                at += n;
        }
        return 0;
}
