/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shorthands over jansson. */
#include "lib/json.h"

#include "lib/clean.h"
#include "lib/util.h"

const char *json_text(const json_t *object, const char *key)
{
        return json_string_value(json_object_get(object, key));
}

/* Length of the UTF-8 sequence that S begins with (jansson is asked what it takes), 0: none. */
static size_t utf8_length(const char *s)
{
        size_t left = strlen(s);
        for (size_t n = 1; n <= 4 && n <= left; n++) {
                _cleanup_json_ json_t *one = json_stringn(s, n);
                if (one)
                        return n;
        }
        return 0;
}

json_t *json_text_new(const char *s)
{
        if (!s)
                return json_null();
        json_t *whole = json_string(s);
        if (whole)
                return whole;
        char *clean = xcalloc(strlen(s) * 3 + 1, 1), *to = clean;
        while (*s) {
                size_t n = utf8_length(s);
                to = mempcpy(to, n ? s : "\xEF\xBF\xBD", n ? n : 3);
                s += n ? n : 1;
        }
        whole = json_string(clean);
        free(clean);
        return whole;
}

/* The character of N bytes at S, as JSON spells what is not to be shown. */
static void escape(const char *s, size_t n, FILE *to)
{
        const unsigned char *u = (const unsigned char *)s;
        unsigned c = n == 1 ? *u : *u & (0x7fU >> n);
        for (size_t i = 1; i < n; i++)
                c = c << 6 | (u[i] & 0x3f);
        if (c > 0xffff)
                fprintf(to, "\\u%04X\\u%04X", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
        else
                fprintf(to, "\\u%04X", c);
}

void json_print(const json_t *j, FILE *to)
{
        char *text = json_dumps(j, JSON_COMPACT | JSON_REAL_PRECISION(6));
        for (const char *s = text; s && *s;) {
                size_t shown = clean_length(s), n = shown ? shown : utf8_length(s);
                if (shown)
                        fwrite(s, 1, n, to);
                else
                        escape(s, n ? n : 1, to);
                s += n ? n : 1;
        }
        free(text);
        fputc('\n', to);
}
