/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dnf 5 says no for, and what a person may do about it. */
#include <errno.h>
#include <sys/utsname.h>

#include "packages/rpm_db.h"
#include "packages/rpm_dnf.h"
#include "packages/rpm_resolver.h"
#include "lib/i18n.h"

static void command_is(struct package_result *out, const char *const *words)
{
        strv_free(TAKE_PTR(out->command));
        for (; *words; words++)
                strv_add(&out->command, *words);
}

/* --- hidden --- */

/* "package NAME-VERSION-RELEASE.ARCH from REPOSITORY is filtered out by ...": what is needed and
 * hidden, malloc'ed, or NULL. */
static char *needed_and_hidden(const char *text)
{
        const char *at = strstr(text, " is filtered out by "), *from = at;
        while (from && from > text && from[-1] != '\n')
                from--;
        from = from ? strstr(from, "package ") : NULL;
        return from && from < at ? xstrndup(from + 8, strcspn(from + 8, " ")) : NULL;
}

/* NAME-VERSION-RELEASE.ARCH becomes NAME; *VERSION the version and release, malloc'ed. */
static void nevra_cut(char *nevra, char **version)
{
        char *arch = strrchr(nevra, '.');
        if (arch)
                *arch = '\0';
        char *at = strrchr(nevra, '-');
        while (at && at > nevra && *--at != '-')
                ;
        *version = xstrdup(at && *at == '-' ? at + 1 : "");
        if (at && *at == '-')
                *at = '\0';
}

static int say_hidden(const struct dnf_asked *asked, const char *text, struct package_result *out,
                      char **why)
{
        const struct package_request *request = asked->request;
        const char *version = request->version ? request->version : "";
        _cleanup_free_ char *spec =
                xasprintf("%s%s%s", request->name, *version ? "-" : "", version);
        _cleanup_free_ char *needed = needed_and_hidden(text), *evr = NULL;
        if (needed)
                nevra_cut(needed, &evr);
        _cleanup_free_ char *line =
                dnf5_hiding_line(asked->sys, needed ? needed : request->name, evr ? evr : version);
        bool modular = strstr(text, "modular filtering");
        const char *const words[] = { asked->program,
                                      modular ? "--setopt=*.module_hotfixes=1"
                                              : "--setopt=disable_excludes=*",
                                      "install", spec, NULL };
        command_is(out, words);
        return fail(why, rpm_cause(out, "package-hidden", -EACCES), "dnf: %s%s%s is hidden by %s",
                    needed ? spec : "", needed ? _(" needs what a repository has, but ") : spec,
                    needed ? needed : "",
                    line      ? line
                    : modular ? _("the module filter")
                              : _("an exclude of dnf's"));
}

/* --- keys --- */

#define IMPORTING "Importing "

/* The words of line "NAME : WORDS" after FROM, malloc'ed, or NULL. */
static char *field_of(const char *from, const char *name)
{
        const char *at = strstr(from, name), *colon = at ? strchr(at, ':') : NULL;
        if (!colon)
                return NULL;
        colon += 1 + strspn(colon + 1, " \"");
        return xstrndup(colon, strcspn(colon, "\"\n"));
}

const char *dnf_key_asked(const char *text, unsigned n)
{
        const char *key = strstr(text, IMPORTING);
        for (; key && n > 0; n--)
                key = strstr(key + strlen(IMPORTING), IMPORTING);
        return key;
}

bool dnf_key_accepted(const char *key)
{
        _cleanup_free_ char *print = field_of(key, "\n Fingerprint");
        return print && rpm_has_key(print);
}

int dnf_names_key(const char *text, struct package_result *out, char **why)
{
        const char *key = strstr(text, IMPORTING);
        if (!key)
                return 0;
        _cleanup_free_ char *from = field_of(key, "\n From"), *user = field_of(key, "\n UserID"),
                            *print = field_of(key, "\n Fingerprint");
        if (from)
                command_is(out, (const char *const[]){ "rpm", "--import", from, NULL });
        return fail(why, rpm_cause(out, "key-not-accepted", -ENOKEY),
                    "dnf asks about a repository's key that was not accepted yet: %.*s %s (%s, "
                    "from %s): compare the fingerprint with the vendor's; \"rpm --import\" of it "
                    "accepts it",
                    (int)strcspn(key, ":\n"), key, print ? print : "",
                    user ? user : _("nobody named"), from ? from : _("nowhere named"));
}

/* It found no key that it has, and did not ask about another: as nobody, it cannot take one. */
static int say_key_missing(const struct sys *sys, const char *text, const char *said,
                           struct package_result *out, char **why)
{
        static const char *const before[] = { "for repository \"", "from repo \"" };
        _cleanup_free_ char *id = NULL, *key = NULL;
        for (size_t i = 0; i < ARRAY_SIZE(before) && !id; i++) {
                const char *at = strstr(text, before[i]);
                if (at)
                        id = xstrndup(at + strlen(before[i]),
                                      strcspn(at + strlen(before[i]), "\""));
        }
        key = id ? dnf5_repository_key(sys, id) : NULL;
        if (!key)
                return id ? fail(why, -ENOKEY, "%s; no gpgkey= names a key of repository %s", said,
                                 id)
                          : fail(why, -ENOKEY,
                                 "%s; no gpgkey= names a key of the repository that asks for one",
                                 said);
        command_is(out, (const char *const[]){ "rpm", "--import", key, NULL });
        return fail(why, -ENOKEY,
                    "the key of repository %s (gpgkey=%s) was not accepted yet: compare its "
                    "fingerprint with the vendor's",
                    id, key);
}

/* --- all of it --- */

/* " NAME   ???%": a repository that gave nothing. */
static char *dead_repository(const char *text)
{
        const char *at = strstr(text, "???%");
        while (at && at > text && at[-1] != '\n')
                at--;
        if (!at)
                return NULL;
        at += strspn(at, " ");
        size_t n = strcspn(at, "?");
        while (n > 0 && at[n - 1] == ' ')
                n--;
        return xstrndup(at, n);
}

int dnf5_meaning(const struct dnf_asked *asked, const struct run_result *result,
                 struct package_result *out, char **why)
{
        _cleanup_free_ char *text = xasprintf("%s\n%s", result->out, result->err);
        _cleanup_free_ char *said = NULL, *dead = NULL;
        int r = dnf_meaning(result, out, &said);
        if (r == -EACCES)
                return say_hidden(asked, text, out, why);
        if (r == -ENOKEY)
                return dnf_names_key(text, out, why) < 0
                               ? r
                               : say_key_missing(asked->sys, text, said, out, why);
        if (r == -ENETDOWN)
                dead = dead_repository(text);
        if (dead)
                return fail(why, r, "no answer from repository %s", dead);
        return fail(why, r, "%s", said);
}

void dnf5_take_providers(char *text, struct package_result *out)
{
        struct utsname machine;
        char *save = NULL;
        if (uname(&machine) < 0)
                return;
        for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
                char *evr = strchr(l, ' '), *arch = strrchr(l, '.');
                if (!evr || !arch || arch < evr)
                        continue;
                *evr++ = *arch++ = '\0';
                if (streq(arch, machine.machine) || streq(arch, "noarch"))
                        package_result_add(out, l, evr, NULL);
        }
}
