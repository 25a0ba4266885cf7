/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside secep-rpm.so: librpm's database and transactions. Functions returning int: 0 or -errno
 * with *WHY, unless another contract stands here. */
#ifndef SECEP_PACKAGES_RPM_DB_H
#define SECEP_PACKAGES_RPM_DB_H

#include <rpm/rpmts.h>

#include "packages/packages.h"

static inline void cleanup_ts(rpmts *ts)
{
        if (*ts)
                rpmtsFree(*ts);
}
#define _cleanup_ts_ _cleanup_(cleanup_ts)

/* A transaction set over the root's database, and librpm's complaints kept for rpm_said(). */
int rpm_open(rpmts *out, char **why);
/* The first error librpm logged since rpm_open(), one line, or NULL. Its own. */
const char *rpm_said(void);
/* After a package could not be added to the set: the plug-ins that another root's rpm loads may be
 * of libraries we do not have. True: try again, they are off now. */
bool rpm_without_plugins(const struct sys *sys, rpmts ts);
/* The first problem of the set as "PROBLEM: CONSEQUENCE", *TYPE (may be NULL) its rpmProblemType.
 * R, or 0 where there is none. */
int rpm_problems(rpmts ts, int r, const char *consequence, int *type, char **why);

/* Does VERSION ("" any, a prefix before '*') name this VERSION-RELEASE? */
bool rpm_version_fits(const char *version, const char *evr);
char *rpm_evr(Header h);
/* Is NAME of VERSION installed? 1, 0 or -errno. */
int rpm_installed(const char *name, const char *version, char **why);

/* The newest version installed of NAME in the place of *EVR, NULL where there is none. 0 or
 * -errno. */
int rpm_newest(const char *name, char **evr, char **why);
/* VERSION-RELEASE, as rpm compares them: <0, 0, >0. */
int rpm_compare(const char *a, const char *b);

/* rpm_keys.c: has rpm's keyring the key of FINGERPRINT (hex)? */
bool rpm_has_key(const char *fingerprint);

/* Waits until nobody holds rpm's lock. */
int rpm_wait_lock(const struct sys *sys, const struct package_request *request,
                  struct package_result *out, char **why);

/* rpm_held.c: the line "FILE:LINE: TEXT" by which dnf, yum or zypper locks the package, malloc'ed; NULL: none. */
char *rpm_held_by(const struct sys *sys, Header header);

/* rpm-remove.c, rpm-install.c: the operations that librpm does alone. */
int rpm_remove(const struct sys *sys, const struct package_request *request,
               struct package_result *out, char **why);
/* From the package files of --offline: only what is asked for and what that needs. */
int rpm_files_simulate(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why);
int rpm_files_install(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why);
int rpm_files_reinstall(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why);
/* All of them for ARCH (or noarch), unsorted. */
int rpm_files_offer(const struct sys *sys, const char *arch, struct package_result *out,
                    char **why);

/* Those of them that provide request->name, "NAME" or "NAME = VERSION". */
int rpm_files_provider(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why);

/* rpm_owner.c: everything that is installed, as "name.arch"; and what has changed since it was
 * BEFORE, into out->changes as package_call() has it (unchanged where it cannot be told). */
struct package_entries;
int rpm_entries(struct package_entries *out);
void rpm_difference(struct package_entries *before, struct package_result *out);
/* The package that owns the first of request->names that any owns, into
 * out->changes. */
int rpm_owner(const struct sys *sys, const struct package_request *request,
              struct package_result *out, char **why);

/* PACKAGE_VERSIONS. */
int rpm_versions(const struct sys *sys, const struct package_request *request,
                 struct package_result *out, char **why);

/* rpm-offer.c: PACKAGE_OFFER of one name; RESOLVER NULL: from the files of --offline. */
struct rpm_resolver;
int rpm_offer(const struct sys *sys, const struct rpm_resolver *resolver,
              const struct package_request *request, struct package_result *out, char **why);

#endif
