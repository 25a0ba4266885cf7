/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the account files. */
#include "accounts/records.h"

#include <errno.h>

#include "lib/util.h"

#define FILE_LIMIT ((size_t)64 << 20)

static const struct kind {
        const char *path;
        unsigned min, max; /* fields */
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

static bool is_passed_over(const char *line)
{
        const char *first = line + strspn(line, " \t\r\f\v");
        return *first == '\0' || *first == '#' || *first == '+' || *first == '-';
}

/* Cuts LINE at its colons; the number of fields, or RECORD_FIELDS + 1 where there are more. */
static unsigned cut(char *line, struct record *out)
{
        unsigned n = 0;
        while (line && n < RECORD_FIELDS) {
                out->field[n++] = line;
                line = strchr(line, ':');
                if (line)
                        *line++ = '\0';
        }
        return line ? RECORD_FIELDS + 1 : n;
}

static int check(const struct kind *kind, const struct record *record, char **why)
{
        if (record->n < kind->min || record->n > kind->max)
                return fail(why, -EBADMSG, "%s:%u: %u fields where there must be %u", kind->path,
                            record->line, record->n, kind->max);
        if (!*record->field[0])
                return fail(why, -EBADMSG, "%s:%u: an entry without a name", kind->path,
                            record->line);
        for (unsigned i = 0; i < record->n; i++) {
                long id;
                if ((kind->ids & 1U << i) &&
                    parse_long(record->field[i], 0, (long)UINT32_MAX - 1, &id) < 0)
                        return fail(why, -EBADMSG, "%s:%u: an id that is not a number", kind->path,
                                    record->line);
        }
        return 1;
}

int record_next(struct record_reader *r, struct record *out, char **why)
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
                if (strlen(line) != (size_t)(eol - line))
                        return fail(why, -EBADMSG, "%s:%u: a NUL byte", kind->path, r->line);
                if (is_passed_over(line))
                        continue;
                *out = (struct record){ .line = r->line };
                out->n = cut(line, out);
                return check(kind, out, why);
        }
        return 0;
}

unsigned record_id(const struct record *record, unsigned field)
{
        long id = 0;
        (void)parse_long(record->field[field], 0, (long)UINT32_MAX - 1, &id);
        return (unsigned)id;
}

int records_read(const struct sys *sys, enum records_file file, char **text, size_t *len,
                 char **why)
{
        const char *path = kinds[file].path;
        int r = sys_read(sys, path, FILE_LIMIT, text, len);
        if (r == -EINVAL)
                return fail(why, r, "%s: not a regular file", path);
        return r < 0 ? fail(why, r, "%s: %s", path, strerror(-r)) : 0;
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
