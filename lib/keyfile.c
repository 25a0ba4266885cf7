/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of Key=Value, comments and [sections]. */
#include "lib/i18n.h"
#include "lib/keyfile.h"

#include <errno.h>

#include "lib/util.h"

#define BLANK " \t\r\f\v"

void keyfile_free(struct keyfile *kf)
{
        for (size_t i = 0; i < kf->n; i++) {
                free(kf->entries[i].section);
                free(kf->entries[i].key);
                free(kf->entries[i].value);
        }
        free(kf->entries);
        *kf = (struct keyfile){ 0 };
}

static char *strip(char *s)
{
        s += strspn(s, BLANK);
        size_t n = strlen(s);
        while (n > 0 && strchr(BLANK, s[n - 1]))
                s[--n] = '\0';
        return s;
}

/* Takes a value's quotes off in place; NULL: an unfinished quote. */
static char *unquote(char *s)
{
        char quote = *s;
        if (quote != '"' && quote != '\'')
                return s;
        char *to = s, *from = s + 1;
        for (; *from && *from != quote; from++) {
                if (*from == '\\' && quote == '"' && from[1])
                        from++;
                *to++ = *from;
        }
        if (!*from || from[1])
                return NULL;
        *to = '\0';
        return s;
}

static const char *parse_line(struct keyfile *kf, char *line, unsigned number, char **section)
{
        line = strip(line);
        if (!*line || *line == '#' || *line == ';')
                return NULL;
        if (*line == '[') {
                char *end = strchr(line, ']');
                if (!end || end[1])
                        return _("a section is written [name]");
                free(*section);
                *section = xstrndup(line + 1, (size_t)(end - line - 1));
                return NULL;
        }
        char *equals = strchr(line, '=');
        if (!equals || equals == line)
                return _("expected Key=Value");
        *equals = '\0';
        char *value = unquote(strip(equals + 1));
        if (!value)
                return _("unfinished quote");
        kf->entries = xreallocarray(kf->entries, kf->n + 1, sizeof(*kf->entries));
        kf->entries[kf->n++] = (struct keyfile_entry){
                .section = xstrdup(*section),
                .key = xstrdup(strip(line)),
                .value = xstrdup(value),
                .line = number,
        };
        return NULL;
}

int keyfile_parse(const char *name, const char *text, size_t len, struct keyfile *out, char **why)
{
        struct keyfile kf = { 0 };
        _cleanup_free_ char *section = xstrdup("");
        const char *bad = NULL;
        unsigned number = 0;
        for (const char *end = text + len; text < end && !bad;) {
                const char *eol = memchr(text, '\n', (size_t)(end - text));
                size_t n = (size_t)((eol ? eol : end) - text);
                number++;
                _cleanup_free_ char *line = xstrndup(text, n);
                bad = memchr(text, '\0', n) ? "a NUL byte"
                                            : parse_line(&kf, line, number, &section);
                text += n + 1;
        }
        if (bad) {
                keyfile_free(&kf);
                return fail(why, -EBADMSG, "%s:%u: %s", name, number, bad);
        }
        *out = kf;
        return 0;
}

const char *keyfile_get(const struct keyfile *kf, const char *section, const char *key)
{
        for (size_t i = kf->n; i > 0; i--)
                if (streq(kf->entries[i - 1].section, section) &&
                    streq(kf->entries[i - 1].key, key))
                        return kf->entries[i - 1].value;
        return NULL;
}
