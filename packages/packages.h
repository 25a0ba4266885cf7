/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The package system of a root: what it is, what is installed, what the kernel's header package is
 * called, who holds its locks; and, behind a plug-in per package system, what it would do and doing
 * it. Everything above "Doing" only reads files: no program, no plug-in, milliseconds. */
#ifndef SECEP_PACKAGES_PACKAGES_H
#define SECEP_PACKAGES_PACKAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#include "kernels/release.h"
#include "lib/os_release.h"
#include "lib/progress.h"
#include "lib/sys.h"

enum package_kind { PACKAGES_NONE, PACKAGES_DPKG, PACKAGES_RPM };

/* Which package system keeps the root, told by its database files; where both are there (rpm on a
 * Debian host), by os-release. */
enum package_kind package_kind(const struct sys *sys);

/* Is it SLES or openSUSE, told by any of the names they have had? */
bool package_os_is_suse(const struct keyfile *os);

/* --- kernels --- */

/* The package that holds the headers of one release. */
struct header_package {
        char *name;
        char *version; /* "": in the name already. rpm: VERSION-RELEASE; a prefix where it ends in
                          '*' (SUSE's package release has a suffix that uname -r lacks) */
        char *arch;    /* "" where it does not matter */
        const char *known_from; /* for people: what told it */
        bool guess;             /* nothing told it: most kernels' headers are called so */
        char *provides; /* the table's name only: what to ask the repositories for first; or NULL */
};
/* By the release alone, from the one table of header_package.c. 0, or -ENOENT with *WHY: such a
 * release does not tell it. */
int header_package_of(enum package_kind kind, const struct keyfile *os, const char *release,
                      struct header_package *out, char **why);
/* The package of RELEASE's headers: the sibling of the package that owns the installed kernel, else
 * what a repository's package says that it has, else the table's. _look() only reads files, so that
 * on an rpm system it knows the table alone; _find() opens the plug-in. 0, or -ENOENT with *WHY:
 * could not tell. */
int header_package_look(const struct sys *sys, const char *release, struct header_package *out,
                        char **why);
int header_package_find(const struct sys *sys, const char *release, struct header_package *out,
                        char **why);
/* What the repositories have that provides linux-headers-RELEASE (dpkg) or kernel-devel-uname-r =
 * RELEASE (rpm). 0, -ENOENT: nothing, or as package_call(). */
int header_package_provided(const struct sys *sys, const char *release, struct header_package *out,
                            char **why);
void header_package_free(struct header_package *hp);
#define _cleanup_header_package_ _cleanup_(header_package_free)

/* The packages that bring a kernel of RELEASE's kind, all releases of it. */
struct kernel_packages {
        char *pattern; /* fnmatch(3), of the package's name */
        char *flavour; /* dpkg: what comes last in the name */
        char *suffix;  /* rpm: what follows the package's VERSION-RELEASE in the kernel's */
};
/* HEADERS: the package of RELEASE's headers. 0, or -ENOENT with *WHY: a distribution whose package
 * versions do not tell the release. */
int kernel_packages_of(enum package_kind kind, const struct header_package *headers,
                       const char *release, struct kernel_packages *out, char **why);
/* The release that package NAME of VERSION brings, malloc'ed; NULL: none of these. */
char *kernel_release_of(const struct kernel_packages *kp, const char *name, const char *version);
void kernel_packages_free(struct kernel_packages *kp);
#define _cleanup_kernel_packages_ _cleanup_(kernel_packages_free)

/* --- what is installed (dpkg) --- */

enum package_state { PACKAGE_ABSENT, PACKAGE_BROKEN, PACKAGE_INSTALLED };

struct package_info {
        enum package_state state; /* broken: unpacked, half-installed, half-configured, ... */
        char *version;            /* NULL where absent */
        char *depends;            /* the Depends field, NULL where there is none */
};
/* Package NAME in /var/lib/dpkg/status, read in pieces; a line longer than 64 KiB is cut.
 * 0 also where it is absent, or -errno with *WHY. */
int dpkg_package(const struct sys *sys, const char *name, struct package_info *out, char **why);
/* Is package NAME of dpkg's broken: neither in nor out? No where that cannot be read, and on rpm's hosts. */
bool dpkg_broken(const struct sys *sys, const char *name);
void package_info_free(struct package_info *info);
#define _cleanup_package_info_ _cleanup_(package_info_free)

/* Is one of the files package NAME shipped not there? 1 with *PATH (malloc'ed) the first of them,
 * 0, or -errno (-ENOENT: no file list). */
int dpkg_file_missing(const struct sys *sys, const char *name, char **path);

/* The package that owns the first of PATHS (NULL-terminated) that one owns: dpkg by the lists of
 * packages that are called like a kernel's, rpm by its plug-in. 0 with *NAME and *VERSION malloc'ed,
 * -ENOENT: none does, or -errno with *WHY. */
int package_owner(const struct sys *sys, char *const *paths, char **name, char **version,
                  char **why);
int dpkg_owner(const struct sys *sys, char *const *paths, char **name, char **version, char **why);

/* What package NAME owns at and below PREFIX ("/opt/cisco"), directories too, into *OUT
 * (NULL-terminated, strv_free). 0; -ENOENT: no package database here knows NAME; -ENODATA: rpm's,
 * which only its library reads; or -errno. */
int package_paths(const struct sys *sys, const char *name, const char *prefix, char ***out);

/* The versions now installed of NAMES, each as a package_change that was newly installed has it
 * (dpkg "name" or "name:arch", rpm "name-version-release") or a plain name, into *OUT: as many, "" for
 * one that is not there, the newest where several are. dpkg's file is read, rpm's database is
 * asked through the plug-in. 0 or -errno with *WHY. */
#define PACKAGE_VERSION_BROKEN "?"
int package_versions(const struct sys *sys, char *const *names, char ***out, char **why);
/* Is NOW (of package_versions()) the VERSION of a package_change? */
bool package_version_is(const char *now, const char *version);

/* --- locks --- */

/* Who holds the fcntl lock on PATH? 1 with *OUT "apt-get (pid 4711)", 0: nobody (or no file). */
int lock_holder(const struct sys *sys, const char *path, char **out);
/* What it says of a process outside of our pid namespace. */
#define LOCK_HOLDER_OUTSIDE "a process of another container"
/* The first held lock of the package system: 1 with *OUT "apt-get (pid 4711) holds PATH", or 0. */
int package_lock_holder(const struct sys *sys, enum package_kind kind, char **out);
/* The same, "apt-get (pid 4711)" alone. */
int package_lock_program(const struct sys *sys, enum package_kind kind, char **out);

/* --- package files given by the operator --- */

/* Is the file at FD a whole .deb: an ar archive of debian-binary, control.tar and data.tar whose
 * parts are all there? 0, or -EBADMSG with *WHY naming NAME. */
int deb_check(int fd, const char *name, char **why);

/* --- Doing: each call runs in a forked child, which enters the root (its own mounts, chroot),
 * so that the package system's configuration, sources, keys and scriptlets are the root's own ---
 */

enum package_op {
        PACKAGE_SIMULATE, /* what would INSTALL do? Writes nothing */
        PACKAGE_PREPARE,  /* the same; may bring the package lists up to date first */
        PACKAGE_INSTALL,
        PACKAGE_REINSTALL,
        PACKAGE_REMOVE,   /* with their configuration, and nothing else */
        PACKAGE_OFFER,    /* what is to be had of NAME, a fnmatch(3) pattern? Writes nothing */
        PACKAGE_OWNER,    /* which installed package owns the first of NAMES, paths, that one does?
                           Writes nothing; 0 without a change: none */
        PACKAGE_PROVIDER, /* what is to be had that provides NAME? Writes nothing; likewise */
        PACKAGE_VERSIONS, /* which of NAMES (labels) are installed? A change each with what was asked
                           as its name; none for one that is not. Writes nothing */
};

struct package_session;

struct package_request {
        const char *name;     /* SIMULATE to REINSTALL */
        const char *version;  /* "" or NULL: the candidate */
        const char *provides; /* SIMULATE, rpm: where something is to be had that provides this, it
                                 is taken in the place of NAME, and the result says its name.
                                 NULL: none. A resolver may pass over it */
        bool newer;           /* OFFER: of what is installed, the versions newer than that only */
        char *const *names;   /* INSTALL: newly installed may be these only (NULL: any);
                                REMOVE: what to remove, "name" or "name:arch"; OWNER: paths */
        struct package_session *session; /* this call is one of several; NULL: it stands alone */
        const struct progress *progress;
        bool refresh; /* the lists first; package_call() sets it where that may help */
        /* Set by package_call(): */
        bool stays;            /* INSTALL may follow in the same child */
        bool extra;            /* with the repositories of ExtraSource=, in EXTRA_INSIDE */
        bool (*stopped)(void); /* in the child: has somebody asked us to stop? Ends a wait */
};

struct package_change {
        char *name; /* "name:arch" where the architecture is foreign */
        char *version;
        char *old; /* version before; NULL: newly installed */
        long long download,
                size; /* bytes of the package and what it takes installed; 0: not known */
};

struct package_result {
        char *cause;          /* "package-gone", "package-hidden", "repository-unreachable",
                        "packages-locked", "key-not-accepted", or NULL */
        char *name, *version; /* what was taken by request->provides; NULL: nothing */
        struct package_change *changes; /* OFFER: each version to be had (dpkg: the candidate) and
                                           not installed, the oldest first; old: what is */
        size_t n_changes;
        char **command;    /* what a person may run in the root to have it all the same, its words,
                           NULL-terminated; or NULL */
        char **candidates; /* package-gone: kernel releases of the same flavour that do have
                              headers, oldest first, NULL-terminated; or NULL */
};
void package_result_free(struct package_result *result);
#define _cleanup_package_result_ _cleanup_(package_result_free)

/* Does OP; a package that no configured repository has is looked for with the ExtraSource= of
 * secep.conf, which this one installation uses and nothing else. 0, or -errno with *WHY and, where
 * it is one of them, out->cause (so *OUT is filled on failure too, and always to be freed):
 *   -ENOENT      package-gone
 *   -EACCES      package-hidden: a repository has it, the operator's own settings keep it away
 *                (exclude, pin, hold, versionlock, module filter); *WHY names file and line, and
 *                what would install it all the same
 *   -ENOKEY      key-not-accepted: of a repository or a package; *WHY says what accepts it
 *   -ENETDOWN    repository-unreachable (also: it answered nonsense)
 *   -EAGAIN      packages-locked, until sys->deadline; *WHY names pid and program
 *   -EBADMSG     a package file that is damaged, or a package nobody vouches for
 *   -ENOTUNIQ    cannot be had without removing or breaking another package, which *WHY names
 *   -ESTALE      what it would bring in now is not what the simulation said: run again
 *   -ENOSPC      no room
 *   -ELIBACC     the package library is not on this host (*WHY: what to run in the root)
 *   -EOPNOTSUPP  no package system we know, or a plug-in not built
 * After INSTALL, REINSTALL and REMOVE the package database was asked again: 0 means it is so. */
int package_call(const struct sys *sys, enum package_op op, const struct package_request *request,
                 struct package_result *out, char **why);

/* For a plan that is carried out: the child that answered SIMULATE or PREPARE stays with what it
 * opened and resolved, for the INSTALL of the same package of the same root; SIMULATE is PREPARE
 * then. It holds no lock meanwhile, and looks again where the package system changed. Another
 * request ends that child and begins one of its own; a session may be used for any number. */
struct package_session *package_session_new(void);
void package_session_free(struct package_session *session); /* NULL too; and its child */

/* What a plug-in (secep-apt.so, secep-rpm.so) gives: symbol "package_system". Its functions run in
 * the child, inside the root: SYS there has root "/" and offline_dir as seen from inside. */
#define PACKAGE_SYSTEM_ABI 5
struct package_system {
        int abi; /* PACKAGE_SYSTEM_ABI */
        int (*simulate)(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why);
        int (*install)(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why);
        int (*reinstall)(const struct sys *sys, const struct package_request *request,
                         struct package_result *out, char **why);
        int (*remove)(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why);
        int (*offer)(const struct sys *sys, const struct package_request *request,
                     struct package_result *out, char **why);
        int (*owner)(const struct sys *sys, const struct package_request *request,
                     struct package_result *out, char **why);
        int (*provider)(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why);
        int (*versions)(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why); /* dpkg: none */
};

/* For plug-ins: appends to out->changes. */
void package_result_add(struct package_result *out, const char *name, const char *version,
                        const char *old);

#ifdef __cplusplus
}
#endif
#endif
