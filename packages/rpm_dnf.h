/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dnf, microdnf and yum print. For rpm_dnf.c. */
#ifndef SECEP_PACKAGES_RPM_DNF_H
#define SECEP_PACKAGES_RPM_DNF_H

#include "lib/dialog.h"
#include "packages/packages.h"

/* What a line of the transaction table has: "name arch version repository size unit" in dnf 4 and
 * 5, "name-version.arch repository size unit" in microdnf. */
enum dnf_columns { MICRODNF_COLUMNS = 4, DNF_COLUMNS = 6 };

/* The table, in the C locale, into out->changes. A name too long for its column pushes the rest to
 * the next line: words count, not lines. Returns the first that it would remove, malloc'ed, or
 * NULL. */
char *dnf_parse_table(const char *text, enum dnf_columns columns, struct package_result *out);

#define DNF_QUESTION "[y/N]: "
/* What it has said on both its outputs (dnf 5 asks on stderr), malloc'ed. */
char *dnf_said(const struct dialog *d);
/* Is there a question in SAID that is not "Is this ok", which is the only one with an answer here? Then
 * *WHY has it. WAITS: it waits for somebody, so a line without an end is one, too. */
bool dnf_asks_else(const char *said, bool waits, char **why);

/* The repositories of ExtraSource= into EXTRA_INSIDE/repos. 0 or -errno with *WHY. */
int dnf_extra_repos(const struct sys *sys, char **why);
/* And the options that have dnf 5 and microdnf use them, to *ARGV. */
int dnf_add_extra(const struct sys *sys, char ***argv, char **why);

/* Why it failed: -errno, with its words in *WHY and the cause in *OUT. */
int dnf_meaning(const struct run_result *result, struct package_result *out, char **why);

/* The lines of repoquery, "[NAME-]VERSION-RELEASE.ARCH", into out->candidates. */
void dnf_take_candidates(const struct package_request *request, char *text,
                         struct package_result *out);
/* Does TEXT name a scriptlet that failed? */
bool dnf_scriptlet_failed(const char *text);

/* What dnf 5 was asked, by which name. */
struct dnf_asked {
        const struct sys *sys;
        const struct package_request *request;
        const char *program;
};

/* dnf_meaning() of dnf 5: the file and line that hide the package, and the command that would
 * install it all the same or accept its key, in out->command. */
int dnf5_meaning(const struct dnf_asked *asked, const struct run_result *result,
                 struct package_result *out, char **why);
/* The line that keeps NAME of VERSION (VERSION-RELEASE, "" for any) away, "FILE:LINE: words" of
 * exclude=, includepkgs= or a lock, malloc'ed; NULL: none found. */
char *dnf5_hiding_line(const struct sys *sys, const char *name, const char *version);
/* The first key of gpgkey= of repository ID, malloc'ed, or NULL. */
char *dnf5_repository_key(const struct sys *sys, const char *id);
/* Where in TEXT it asks about a key after N others, or NULL. */
const char *dnf_key_asked(const char *text, unsigned n);
/* Has rpm's keyring the key that KEY, of dnf_key_asked(), is about? */
bool dnf_key_accepted(const char *key);
/* 0 where TEXT does not ask to accept a key; else -ENOKEY with the key in *WHY, what accepts it in
 * out->command. */
int dnf_names_key(const char *text, struct package_result *out, char **why);
/* Lines of "NAME VERSION-RELEASE.ARCH", of this machine's architecture or of none, into
 * out->changes. */
void dnf5_take_providers(char *text, struct package_result *out);

#endif
