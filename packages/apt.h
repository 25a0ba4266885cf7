/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside secep-apt.so: one call's state, shared by its files. Not for the rest of the program,
 * which knows packages.h only. */
#ifndef SECEP_PACKAGES_APT_H
#define SECEP_PACKAGES_APT_H

#include <apt-pkg/cachefile.h>
#include <apt-pkg/depcache.h>
#include <memory>
#include <string>
#include <vector>

#include "packages/packages.h"

struct Apt {
        const struct sys *sys;
        const struct package_request *request;
        struct package_result *result;
        char **why;
        std::unique_ptr<pkgCacheFile> cache;
        std::string read_from; /* what the files looked like that the cache was made of */
        bool healed = false;   /* dpkg was interrupted before: what was asked first knew less */
};

/* Functions returning int: 0, or -errno with the sentence in apt.why and, where it is one of the
 * closed list, the cause in apt.result. */
int apt_fail(Apt &apt, int r, const char *cause, const std::string &text);
/* A sentence in the language of the program's user, from a printf() format. */
std::string apt_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What libapt has to say, on one line; FALLBACK where it is silent. Empties its list. */
std::string apt_error(const std::string &fallback);

/* apt_session.cc: configuration of the root, locks, cache */
int apt_configure(Apt &apt);
int apt_wait(Apt &apt, const char *lock);
int apt_lock(Apt &apt); /* dpkg's two locks; released by apt_unlock() or the end of the process */
void apt_unlock();
int apt_open(Apt &apt); /* also adds the package files of an --offline directory */
/* Leaves the open cache, with what is marked in it, to the next call in this process, and takes it
 * up there: false where there is none or the package system's files changed meanwhile. */
void apt_hold(Apt &apt);
bool apt_take(Apt &apt);

/* apt_extra.cc: lists, sources and downloads of ExtraSource= beside the root's own */
int apt_extra_configure(Apt &apt);
int apt_extra_refresh(Apt &apt);

/* apt_fetch.cc: the network */
int apt_refresh(Apt &apt);
int apt_refresh_from(Apt &apt, class pkgSourceList &sources);
/* Downloads what the dependency cache has marked. */
class pkgPackageManager;
class pkgAcquire;
int apt_fetch(Apt &apt, pkgPackageManager &manager, bool *stale);

/* apt_offline.cc: package files of the operator, checked. Once _configure() was called the root's own
 * sources offer nothing any more; its lists still say which files are theirs. */
void apt_offline_configure();
int apt_offline(Apt &apt, class pkgSourceList &sources);

/* apt_offer.cc: PACKAGE_OFFER */
int apt_list_offer(Apt &apt);
/* PACKAGE_PROVIDER */
int apt_list_providers(Apt &apt);

/* apt_hidden.cc: is P, or one that P needs, to be had and kept away by the operator's own pin or
 * hold? 0, or -EACCES (package-hidden) with the sentence and the command. */
int apt_hidden(Apt &apt, const pkgCache::PkgIterator &p);
int apt_hidden_need(Apt &apt, const pkgCache::PkgIterator &p);

/* apt_holds.cc: the installed packages on hold; and holds them once more where dpkg forgot it. */
std::vector<std::string> apt_holds(pkgDepCache &cache);
void apt_hold_again(const std::vector<std::string> &held);

/* apt_outcome.cc: what was done, by dpkg's database. "" or what dpkg complained of last in TEXT; what
 * it printed; is NAME as WANTED? */
std::string dpkg_error(const std::string &text);
std::string dpkg_words();
int apt_outcome(Apt &apt, enum package_state wanted, const char *name, const std::string &said);
struct package_entries;
/* What has changed since BEFORE, into the result. */
void apt_difference(Apt &apt, struct package_entries *before);

/* apt_resolve.cc: what is to be done */
int apt_mark_install(Apt &apt);
int apt_mark_reinstall(Apt &apt);
int apt_mark_remove(Apt &apt);
/* What is marked, into the result. */
int apt_list_changes(Apt &apt);

#endif
