/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dnf, microdnf and yum print. */
#include <errno.h>

#include "packages/rpm_dnf.h"
#include "packages/rpm_resolver.h"

enum section { SECTION_NONE, SECTION_NEW, SECTION_CHANGED, SECTION_REMOVED };

static enum section section_of(const char *line)
{
        if (startswith(line, "Installing"))
                return SECTION_NEW;
        if (startswith(line, "Removing") || startswith(line, "Obsoleting"))
                return SECTION_REMOVED;
        return startswith(line, "Upgrading") || startswith(line, "Downgrading") ? SECTION_CHANGED
                                                                                : SECTION_NONE;
}

/* What is changed from one version to another goes by its name. */
static void add(const char *name, size_t len, const char *evr, enum section section,
                struct package_result *out)
{
        const char *epoch = strchr(evr, ':'), *plain = epoch ? epoch + 1 : evr;
        bool new = section == SECTION_NEW;
        _cleanup_free_ char *text =
                xasprintf("%.*s%s%s", (int)len, name, new ? "-" : "", new ? plain : "");
        package_result_add(out, text, plain, new ? NULL : "");
}

/* "name-1:version-release.arch" without epoch and architecture, into OUT. */
static void add_nevra(char *nevra, enum section section, struct package_result *out)
{
        char *arch = strrchr(nevra, '.');
        if (arch)
                *arch = '\0';
        char *evr = strrchr(nevra, '-');
        while (evr && evr > nevra && evr[-1] != '-')
                evr--;
        if (evr && evr > nevra)
                add(nevra, (size_t)(evr - nevra) - 1, evr, section, out);
}

static void add_words(char **words, enum dnf_columns columns, enum section section,
                      struct package_result *out)
{
        if (columns < DNF_COLUMNS)
                add_nevra(words[0], section, out);
        else
                add(words[0], strlen(words[0]), words[2], section, out);
}

/* "  replacing  name-1-1.x86_64", below what replaces it */
static bool names_replaced(const char *line)
{
        return startswith(line + strspn(line, " "), "replacing ");
}

char *dnf_parse_table(const char *text, enum dnf_columns columns, struct package_result *out)
{
        _cleanup_free_ char *copy = xstrdup(text);
        char *words[DNF_COLUMNS], *save = NULL, *word_save = NULL;
        char *removed = NULL;
        size_t n = 0;
        enum section section = SECTION_NONE;
        for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
                if (*line != ' ') {
                        section = section_of(line);
                        n = 0;
                        continue;
                }
                bool listing = section != SECTION_NONE && !names_replaced(line);
                for (char *w = listing ? strtok_r(line, " ", &word_save) : NULL; w;
                     w = strtok_r(NULL, " ", &word_save)) {
                        words[n++] = w;
                        if (n < (size_t)columns)
                                continue;
                        if (section != SECTION_REMOVED)
                                add_words(words, columns, section, out);
                        else if (!removed)
                                removed = xstrdup(words[0]);
                        n = 0;
                }
        }
        return removed;
}

static const struct {
        const char *words;
        int error;
        const char *cause;
} meanings[] = {
        { "Unable to find a match", -ENOENT, "package-gone" },
        { "No match for argument", -ENOENT, "package-gone" },
        { "There are no enabled repositories", -ENOENT, "package-gone" },
        { "not available, but could not be", -ENOENT, "package-gone" },
        { "Failed to download metadata", -ENETDOWN, "repository-unreachable" },
        { "Failed to synchronize cache", -ENETDOWN, "repository-unreachable" },
        { "Error downloading packages", -ENETDOWN, "repository-unreachable" },
        { "Errors during downloading", -ENETDOWN, "repository-unreachable" },
        { "transaction lock", -EAGAIN, "packages-locked" },
        { "No space left on device", -ENOSPC, NULL },
        { "Importing GPG key", -ENOKEY, "key-not-accepted" },
        { "Importing OpenPGP key", -ENOKEY, "key-not-accepted" },
        { "Public key for", -ENOKEY, "key-not-accepted" },
        { "GPG check FAILED", -EBADMSG, NULL },
        { "is not signed", -EBADMSG, NULL },
        { "Can not load RPM file", -EBADMSG, NULL },
        { "Could not open", -EBADMSG, NULL },
};

static char *one_line(char *text)
{
        for (char *p = text; *p; p++)
                if (*p == '\n')
                        *p = ' ';
        return text;
}

static char *first_error(const struct run_result *result)
{
        const char *streams[] = { result->err, result->out };
        for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
                const char *at = streams[i] ? strstr(streams[i], "Error") : NULL;
                if (!at)
                        continue;
                char *line = xstrndup(at, strnlen(at, 400));
                return one_line(line);
        }
        return one_line(xasprintf("it ended with status %d: %.200s", result->status, result->err));
}

int dnf_meaning(const struct run_result *result, struct package_result *out, char **why)
{
        _cleanup_free_ char *said = first_error(result);
        for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
                const char *words = meanings[i].words;
                if (!strstr(result->err, words) && !strstr(result->out, words))
                        continue;
                return fail(why, rpm_cause(out, meanings[i].cause, meanings[i].error), "dnf: %s",
                            said);
        }
        return fail(why, -EIO, "dnf: %s", said);
}
