/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/login.defs. */
#include "accounts/accounts.h"
#include "accounts/login_defs.h"

#include <errno.h>

#include "accounts/text_splice.h"
#include "lib/util.h"

/* A line as the shadow tools cut it: white space at its end dropped, key, value. */
struct line {
        const char *key, *value;
        size_t key_len, value_len;
};

static bool is_blank(char c)
{
        return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
        return is_blank(c) || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

static bool line_cut(const char *text, size_t len, struct line *out)
{
        const char *p = text, *end = text + len;
        while (end > p && is_space(end[-1]))
                end--;
        while (p < end && is_blank(*p))
                p++;
        if (p == end || *p == '#')
                return false;
        out->key = p;
        while (p < end && !is_blank(*p))
                p++;
        out->key_len = (size_t)(p - out->key);
        if (p == end)
                return false;
        while (p < end && (is_blank(*p) || *p == '"'))
                p++;
        out->value = p;
        const char *quote = memchr(p, '"', (size_t)(end - p));
        out->value_len = (size_t)((quote ? quote : end) - p);
        return true;
}

static size_t line_length(const char *text, size_t len, size_t at)
{
        const char *eol = memchr(text + at, '\n', len - at);
        return eol ? (size_t)(eol - (text + at)) + 1 : len - at;
}

/* Is there a character at the end of a line that is white space to some and text to others? */
static bool is_disputed(const char *p, const char *end)
{
        for (; p < end; p++)
                if (is_space(*p) && !is_blank(*p) && *p != '\n')
                        return true;
        return false;
}

/* Do KEY and a blank stand at the front of the N characters, behind blanks? */
static bool begins_with(const char *p, size_t n, const char *key, size_t key_len)
{
        for (; n > key_len && is_blank(*p); n--)
                p++;
        return n > key_len && memcmp(p, key, key_len) == 0 && is_blank(p[key_len]);
}

/* The next line from *AT on that is KEY's: *AT is where it starts, *LENGTH has its newline. */
static bool line_next(const char *text, size_t len, const char *key, size_t *at, size_t *length)
{
        size_t key_len = strlen(key), from = *at;
        const char *found;
        while (from < len && (found = memmem(text + from, len - from, key, key_len))) {
                const char *before = memrchr(text + from, '\n', (size_t)(found - (text + from)));
                *at = before ? (size_t)(before - text) + 1 : from;
                *length = line_length(text, len, *at);
                if (begins_with(text + *at, *length, key, key_len))
                        return true;
                from = *at + *length;
        }
        return false;
}

bool login_defs_differs(const char *text, size_t len, const char *key)
{
        bool differs = false;
        for (size_t at = 0, n; line_next(text, len, key, &at, &n); at += n) {
                struct line line;
                if (is_disputed(text + at, text + at + n))
                        differs = true;
                else if (line_cut(text + at, n, &line))
                        differs = false;
        }
        return differs;
}

int login_defs_find(const char *text, size_t len, const char *key, size_t *start, size_t *length)
{
        int found = 0;
        for (size_t at = 0, n; line_next(text, len, key, &at, &n); at += n) {
                struct line line;
                if (line_cut(text + at, n, &line)) {
                        *start = at;
                        *length = n;
                        found = 1;
                }
        }
        return found;
}

char *login_defs_get(const char *text, size_t len, const char *key)
{
        size_t start, length;
        struct line line;
        if (!login_defs_find(text, len, key, &start, &length) ||
            !line_cut(text + start, length, &line))
                return NULL;
        return xstrndup(line.value, line.value_len);
}

char *login_defs_set(const char *text, size_t len, const char *key, const char *value,
                     size_t *out_len)
{
        size_t start, length;
        if (!login_defs_find(text, len, key, &start, &length) ||
            login_defs_differs(text, len, key)) {
                bool unfinished = len > 0 && text[len - 1] != '\n';
                _cleanup_free_ char *line =
                        xasprintf("%s%s %s\n", unfinished ? "\n" : "", key, value);
                return text_splice(text, len, len, 0, line, strlen(line), out_len);
        }
        struct line line;
        (void)line_cut(text + start, length, &line);
        /* Up to the end of the text of the line: what stands behind a value is part of it. */
        size_t at = (size_t)(line.value - text), end = start + length;
        while (end > at && is_space(text[end - 1]))
                end--;
        while (at > start && text[at - 1] == '"')
                at--;
        return text_splice(text, len, at, end - at, value, strlen(value), out_len);
}

char *login_defs_put_back(const char *now, size_t now_len, const char *original,
                          size_t original_len, const char *key, const char *value, size_t *out_len)
{
        size_t ours_len, start, length, now_start, now_length;
        _cleanup_free_ char *ours = login_defs_set(original, original_len, key, value, &ours_len);
        if (ours_len == now_len && memcmp(ours, now, now_len) == 0)
                return text_splice(original, original_len, original_len, 0, "", 0, out_len);
        if (!login_defs_find(ours, ours_len, key, &start, &length) ||
            !login_defs_find(now, now_len, key, &now_start, &now_length) || length != now_length ||
            memcmp(ours + start, now + now_start, length) != 0)
                return NULL;
        if (!login_defs_find(original, original_len, key, &start, &length) ||
            login_defs_differs(original, original_len, key))
                return text_splice(now, now_len, now_start, now_length, "", 0, out_len);
        return text_splice(now, now_len, now_start, now_length, original + start, length, out_len);
}
