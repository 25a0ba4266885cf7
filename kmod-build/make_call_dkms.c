/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dkms.conf, which dkms has a shell execute; here it is data. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>

#include "kmod-build/make_call.h"
#include "lib/i18n.h"
#include "lib/util.h"

/* Where dkms would have put the sources: it stands in paths, and is replaced as a whole. */
#define DKMS_TREE "/dkms"

static int unsuitable(char **why, const char *what)
{
        return fail(why, -ENOTSUP,
                    "dkms.conf %s, and here it is read as data and not executed: build that source "
                    "by hand, or name a tree whose MAKE line is one call of make",
                    what);
}

/* The value of the line NAME=..., without its quotes; NULL: there is none. */
static char *value_of(const char *conf, const char *name)
{
        size_t n = strlen(name);
        for (const char *line = conf; line; line = strchr(line, '\n')) {
                line += strspn(line, "\n \t");
                if (strncmp(line, name, n) != 0 || line[n] != '=')
                        continue;
                const char *at = line + n + 1;
                char quote = '\0';
                if (*at == '"' || *at == '\'')
                        quote = *at++;
                const char end[] = { quote, '\n', '\0' }; /* quote 0: the line's end alone */
                const char *until = quote ? end : "\n";
                return xstrndup(at, strcspn(at, until));
        }
        return NULL;
}

static char *first_value_of(const char *conf, const char *name)
{
        _cleanup_free_ char *first = xasprintf("%s[0]", name);
        char *value = value_of(conf, first);
        return value ? value : value_of(conf, name);
}

static char *replaced(const char *text, const char *what, const char *with)
{
        char *out = xstrdup(text);
        for (char *at = out; *what && (at = strstr(at, what));) {
                size_t before = (size_t)(at - out);
                char *longer = xasprintf("%.*s%s%s", (int)before, out, with, at + strlen(what));
                free(out);
                out = longer;
                at = out + before + strlen(with);
        }
        return out;
}

/* "${NAME}" and "$NAME", where no longer name begins so. */
static char *expanded(const char *text, const char *name, const char *value)
{
        _cleanup_free_ char *braced = xasprintf("${%s}", name), *bare = xasprintf("$%s", name);
        char *out = replaced(text, braced, value);
        size_t n = strlen(bare);
        for (char *at = out; (at = strstr(at, bare));) {
                size_t before = (size_t)(at - out);
                if (isalnum((unsigned char)at[n]) || at[n] == '_') {
                        at += n;
                        continue;
                }
                char *longer = xasprintf("%.*s%s%s", (int)before, out, value, at + n);
                free(out);
                out = longer;
                at = out + before + strlen(value);
        }
        return out;
}

static char *expand_all(const char *conf, const struct tree *tree, const char *line)
{
        _cleanup_free_ char *package = value_of(conf, "PACKAGE_NAME"),
                            *version = value_of(conf, "PACKAGE_VERSION");
        const struct {
                const char *name, *value;
        } known[] = {
                { "kernelver", tree->release },
                { "kernel_source_dir", tree->path },
                { "dkms_tree", DKMS_TREE },
                { "PACKAGE_NAME", package ? package : "" },
                { "PACKAGE_VERSION", version ? version : "" },
                { "PWD", SOURCES_INSIDE },
        };
        _cleanup_free_ char *out = xstrdup(line);
        for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
                char *next = expanded(out, known[i].name, known[i].value);
                free(out);
                out = next;
        }
        _cleanup_free_ char *built =
                xasprintf(DKMS_TREE "/%s/%s/build", package ? package : "", version ? version : "");
        return replaced(out, built, SOURCES_INSIDE);
}

/* Splits LINE at blanks; quotes keep a word together and go. Only characters that mean nothing to a
 * shell are let through outside of them. */
static int split(const char *line, char ***out)
{
        _cleanup_strv_ char **words = NULL;
        while (*(line += strspn(line, " \t"))) {
                _cleanup_free_ char *word = xcalloc(strlen(line) + 1, 1);
                size_t n = 0;
                char quote = '\0';
                for (; *line && (quote || !strchr(" \t", *line)); line++) {
                        bool opens = !quote && strchr("'\"", *line);
                        if (opens)
                                quote = *line;
                        else if (*line == quote)
                                quote = '\0';
                        else if (strchr("$`\\", *line) ||
                                 (!quote && strchr("|&;<>(){}*?[]", *line)))
                                return -EINVAL;
                        else
                                word[n++] = *line;
                }
                if (quote)
                        return -EINVAL;
                strv_add(&words, word);
        }
        *out = TAKE_PTR(words);
        return 0;
}

/* dkms gives make the release first; how many jobs is ours to say. */
static void take_words(char **words, const struct tree *tree, char ***argv)
{
        _cleanup_free_ char *release = xasprintf("KERNELRELEASE=%s", tree->release);
        strv_add(argv, "-C");
        strv_add(argv, SOURCES_INSIDE);
        strv_add(argv, release);
        for (size_t i = 1; words[i]; i++)
                if (!startswith(words[i], "-j"))
                        strv_add(argv, words[i]);
}

int make_call_dkms(const struct bundle *bundle, const struct tree *tree, char ***argv, char **why)
{
        static const char *const more[] = { "PRE_BUILD", "PATCH[0]" };
        const char *conf = bundle_text(bundle, "dkms.conf");
        if (!conf)
                return 0;
        for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
                _cleanup_free_ char *value = value_of(conf, more[i]),
                                    *what = xasprintf("has a %s line", more[i]);
                if (value && *value)
                        return unsuitable(why, what);
        }
        _cleanup_free_ char *line = first_value_of(conf, "MAKE");
        if (!line)
                return 0;
        /* how many jobs is ours to say, so this one command substitution is no loss */
        _cleanup_free_ char *jobs = replaced(line, "-j$(nproc)", ""),
                            *full = expand_all(conf, tree, jobs);
        _cleanup_strv_ char **words = NULL;
        if (split(full, &words) < 0 || !words || !streq(words[0], "make") ||
            strstr(full, DKMS_TREE "/"))
                return unsuitable(why, _("has a MAKE line that is more than one call of make"));
        _cleanup_strv_ char **args = NULL;
        take_words(words, tree, &args);
        *argv = TAKE_PTR(args);
        return 1;
}
