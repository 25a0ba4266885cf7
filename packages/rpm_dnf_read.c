/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dnf, microdnf and yum print. */
#include <errno.h>

#include "packages/rpm_dnf.h"
#include "packages/rpm_resolver.h"
#include "lib/i18n.h"

#define SAID_MAX 400

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

static const struct dnf_meaning {
        const char *words;
        int error;
        const char *cause;
} meanings[] = {
        /* a key that is not taken makes a download fail, too */
        { "Importing GPG key", -ENOKEY, "key-not-accepted" },
        { "Importing OpenPGP key", -ENOKEY, "key-not-accepted" },
        { "Public key for", -ENOKEY, "key-not-accepted" },
        { "does not have any OpenPGP keys", -ENOKEY, "key-not-accepted" },
        { "Signing key not found", -ENOKEY, "key-not-accepted" },
        { "excluded by versionlock", -EACCES, "package-hidden" },
        { "matches only excluded packages", -EACCES, "package-hidden" },
        { "filtered out by exclude filtering", -EACCES, "package-hidden" },
        { "filtered out by modular filtering", -EACCES, "package-hidden" },
        /* dnf 5 goes on without such a repository, and then has no match */
        { "Usable URL not found", -ENETDOWN, "repository-unreachable" },
        { "Unable to find a match", -ENOENT, "package-gone" },
        { "No match for argument", -ENOENT, "package-gone" },
        { "There are no enabled repositories", -ENOENT, "package-gone" },
        { "No repositories were loaded", -ENOENT, "package-gone" },
        { "not available, but could not be", -ENOENT, "package-gone" },
        { "Failed to download metadata", -ENETDOWN, "repository-unreachable" },
        { "Failed to synchronize cache", -ENETDOWN, "repository-unreachable" },
        { "Failed to download packages", -ENETDOWN, "repository-unreachable" },
        { "Error downloading packages", -ENETDOWN, "repository-unreachable" },
        { "Errors during downloading", -ENETDOWN, "repository-unreachable" },
        { "transaction lock", -EAGAIN, "packages-locked" },
        { "No space left on device", -ENOSPC, NULL },
        { "needs more space", -ENOSPC, NULL },
        { "GPG check FAILED", -EBADMSG, NULL },
        { "is not signed", -EBADMSG, NULL },
        { "Signature verification failed", -EBADMSG, NULL },
        { "Can not load RPM file", -EBADMSG, NULL },
        { "Could not open", -EBADMSG, NULL },
        { "Problem: ", -ENOTUNIQ, NULL },
};

static char *one_line(char *text)
{
        for (char *p = text; *p; p++)
                if (*p == '\n')
                        *p = ' ';
        return text;
}

/* From where it says what went wrong; dnf 5 offers options afterwards, which are not ours to give. */
static char *first_error(const struct run_result *result)
{
        static const char *const starts[] = { "Non-critical error in ", "Error", "Failed to ",
                                              "Transaction failed" };
        const char *streams[] = { result->err, result->out };
        for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
                for (size_t k = 0; streams[i] && k < ARRAY_SIZE(starts); k++) {
                        const char *at = strstr(streams[i], starts[k]);
                        const char *end = at ? strstr(at, "\nYou can try to add") : NULL;
                        if (at)
                                return one_line(xstrndup(at, end && end - at < SAID_MAX
                                                                     ? (size_t)(end - at)
                                                                     : strnlen(at, SAID_MAX)));
                }
        }
        return one_line(
                xasprintf(_("it ended with status %d: %.200s"), result->status, result->err));
}

static const struct dnf_meaning *meaning_of(const struct run_result *result)
{
        for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
                if (strstr(result->err, meanings[i].words) ||
                    strstr(result->out, meanings[i].words))
                        return &meanings[i];
        return NULL;
}

int dnf_meaning(const struct run_result *result, struct package_result *out, char **why)
{
        _cleanup_free_ char *said = first_error(result);
        const struct dnf_meaning *m = meaning_of(result);
        return fail(why, m ? rpm_cause(out, m->cause, m->error) : -EIO, "dnf: %s", said);
}

/* "Error in POSTIN scriptlet in rpm package X": dnf ends with status 0 and "Complete!" all the
 * same. */
bool dnf_scriptlet_failed(const char *text)
{
        const char *at = strstr(text, "Error in ");
        return strstr(text, "scriptlet failed") || (at && strstr(at, "scriptlet"));
}

void dnf_take_candidates(const struct package_request *request, char *text,
                         struct package_result *out)
{
        char *save = NULL;
        size_t n = strlen(request->name);
        for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
                if (startswith(l, request->name) && l[n] == '-')
                        l += n + 1;
                if (*l && *l != ' ' && !strchr(l, ':'))
                        strv_add(&out->candidates, l);
        }
}

char *dnf_said(const struct dialog *d)
{
        _cleanup_free_ char *said = dialog_said(d), *complained = dialog_complained(d);
        return xasprintf("%s\n%s", said, complained);
}

/* A prompt has no end of line: what follows it is the other output, or the answer's. */
static bool is_prompt(const char *line, size_t n, bool waits)
{
        static const char *const ends[] = { DNF_QUESTION, ": ", "? ", "] " };
        size_t kinds = waits ? ARRAY_SIZE(ends) : 1;
        for (size_t i = 0; i < kinds; i++) {
                size_t e = strlen(ends[i]);
                if (n > e && strncmp(line + n - e, ends[i], e) == 0)
                        return true;
        }
        return false;
}

bool dnf_asks_else(const char *said, bool waits, char **why)
{
        static const char known[] = "Is this ok " DNF_QUESTION;
        for (const char *line = said; *line; line += *line == '\n') {
                size_t n = strcspn(line, "\n");
                const char *asked = memmem(line, n, DNF_QUESTION, strlen(DNF_QUESTION));
                size_t len = asked ? (size_t)(asked - line) + strlen(DNF_QUESTION) : n;
                bool ours = len >= strlen(known) &&
                            strncmp(line + len - strlen(known), known, strlen(known)) == 0;
                if (!ours && is_prompt(line, len, waits)) {
                        fail(why, -EPROTO, "dnf asks what has no answer here: %.*s", (int)len,
                             line);
                        return true;
                }
                line += n;
        }
        return false;
}
