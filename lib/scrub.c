/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One pass: at each character, is it the begin of something secret? */
#include "lib/scrub.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "lib/util.h"

#define BLANKS " \t"
#define QUOTES "\"'\\" BLANKS
#define PEM_LINE 128 /* of a BEGIN line is looked at */

/* How much of AT is kept, and how much after that is secret; nothing secret: false. */
struct hidden {
        size_t kept, secret;
};

static bool in_word(char c)
{
        return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static size_t word_length(const char *at)
{
        size_t n = 0;
        while (in_word(at[n]))
                n++;
        return n;
}

static bool names_secret(const char *word, size_t n)
{
        static const char *const names[] = {
                "password", "passwd",  "passphrase", "secret",     "token",
                "apikey",   "api_key", "api-key",    "credential", "authorization",
        };
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                for (size_t at = 0, len = strlen(names[i]); at + len <= n; at++)
                        if (strncasecmp(word + at, names[i], len) == 0)
                                return true;
        return false;
}

/* What ends a value that no quote began. More is taken rather than less, and an escape whole, so that
 * JSON stays JSON. */
static size_t bare_length(const char *at)
{
        size_t n = 0;
        while (at[n] && !strchr("\"';&<\n\r" BLANKS, at[n])) {
                if (n > 0 && strchr(">)}]", at[n]))
                        break;
                if (at[n] == ',' && at[n + 1] && strchr("\"' ", at[n + 1]))
                        break;
                n += at[n] == '\\' && at[n + 1] ? 2 : 1;
        }
        return n;
}

/* To the closing quote Q, which is escaped where the opening one is. */
static size_t quoted_length(const char *at, char q, bool escaped)
{
        size_t n = 0;
        for (; at[n] && at[n] != '\n'; n++) {
                if (at[n] == q && !escaped)
                        break;
                if (at[n] != '\\' || !at[n + 1])
                        continue;
                if (escaped && at[n + 1] == q)
                        break;
                n++;
        }
        return n;
}

static size_t value_length(const char *at)
{
        static const char *const schemes[] = { "Bearer", "Basic", "Digest", "Negotiate" };
        if (at[-1] == '"' || at[-1] == '\'')
                return quoted_length(at, at[-1], at[-2] == '\\');
        size_t n = bare_length(at);
        for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
                if (n == strlen(schemes[i]) && strncasecmp(at, schemes[i], n) == 0) {
                        n += strspn(at + n, BLANKS);
                        return n + bare_length(at + n);
                }
        return n;
}

static bool key_value(const char *at, bool begins, struct hidden *h)
{
        size_t n = begins ? word_length(at) : 0;
        if (n == 0 || !names_secret(at, n))
                return false;
        const char *p = at + n;
        p += strspn(p, QUOTES);
        if (*p != ':' && *p != '=' && *p != '>')
                return false;
        p++;
        p += strspn(p, QUOTES);
        *h = (struct hidden){ (size_t)(p - at), value_length(p) };
        return h->secret > 0;
}

/* "https://user:password@host": what stands before the last @ of the host's part. */
static bool url(const char *at, bool begins, struct hidden *h)
{
        (void)begins;
        if (!startswith(at, "://"))
                return false;
        size_t n = strcspn(at + 3, "/?#\"'\\<>\n\r" BLANKS);
        while (n > 0 && at[3 + n - 1] != '@')
                n--;
        *h = (struct hidden){ 3, n > 0 ? n - 1 : 0 };
        return h->secret > 0;
}

static bool uuid(const char *at, bool begins, struct hidden *h)
{
        static const size_t dashes[] = { 8, 13, 18, 23 };
        for (size_t i = 0, dash = 0; begins && i < 36; i++) {
                bool is_dash = dash < ARRAY_SIZE(dashes) && i == dashes[dash];
                if (is_dash ? at[i] != '-' : !isxdigit((unsigned char)at[i]))
                        return false;
                dash += is_dash;
        }
        *h = (struct hidden){ 0, 36 };
        return begins && !isalnum((unsigned char)at[36]);
}

/* To the end of the text where its end is not there. */
static bool private_key(const char *at, bool begins, struct hidden *h)
{
        (void)begins;
        if (!startswith(at, "-----BEGIN "))
                return false;
        const char *stop = memchr(at, '\n', strnlen(at, PEM_LINE));
        size_t head = stop ? (size_t)(stop - at) : strnlen(at, PEM_LINE);
        if (!memmem(at, head, "PRIVATE KEY-----", strlen("PRIVATE KEY-----")))
                return false;
        const char *end = strstr(at, "-----END ");
        end = end ? strstr(end, "KEY-----") : NULL;
        *h = (struct hidden){ 0, end ? (size_t)(end - at) + strlen("KEY-----") : strlen(at) };
        return true;
}

char *scrub_text(const char *text, unsigned *count)
{
        static bool (*const kinds[])(const char *, bool,
                                     struct hidden *) = { private_key, key_value, url, uuid };
        char *out = NULL;
        size_t size = 0;
        FILE *to = xopen_memstream(&out, &size);
        bool begins = true; /* a word does */
        for (const char *at = text; *at;) {
                struct hidden h = { 0 };
                bool found = false;
                for (size_t i = 0; i < ARRAY_SIZE(kinds) && !found; i++)
                        found = kinds[i](at, begins, &h);
                begins = !in_word(*at);
                if (!found) {
                        fputc(*at++, to);
                        continue;
                }
                fprintf(to, "%.*s" SCRUBBED, (int)h.kept, at);
                at += h.kept + h.secret;
                begins = true;
                *count += 1;
        }
        fclose(to);
        return out;
}
