/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds a kernel module for a release, and puts it in place.
 *
 * Below KMOD_STATE: RELEASE-KEY-MODULE.ko (a finished build; one of a tree that makes both modules
 * leaves both), RELEASE-KEY.bad (a build that failed by its source, with the tail of its log: not tried again for
 * a day, or until an input changes), work.* (a build under way), build.lock. KEY is the digest of source, release,
 * configuration and symbol versions, compiler and signer. */
#ifndef SECEP_KMOD_BUILD_BUILD_H
#define SECEP_KMOD_BUILD_BUILD_H

#include <stdbool.h>
#include "lib/progress.h"
#include "lib/sys.h"

#define KMOD_STATE "/var/lib/secep/kmod"
#define KMOD_LOGS "/var/log/secep"
#define KMOD_UPDATES "updates/secep"    /* below /lib/modules/RELEASE */
#define KMOD_AUTHOR "the secep authors" /* MODULE_AUTHOR() of our sources */

struct kmod_request {
        const char *module;              /* its name, which is its file's name too */
        const char *release;             /* of the kernel */
        const char *source;              /* a directory of the host; NULL or "": ours */
        const struct progress *progress; /* may be NULL */
};

struct kmod_built {
        char *path;  /* the finished module, KMOD_STATE/RELEASE-KEY-MODULE.ko */
        bool cached; /* it was there already */
};
void kmod_built_free(struct kmod_built *built);
#define _cleanup_kmod_built_ _cleanup_(kmod_built_free)

/* Builds, or finds it built. One build at a time: others wait until sys->deadline (at least a
 * minute) and then find it built.
 * 0, or -errno with *WHY: what tree_open() says for the headers; -ENOPKG: a build tool or the user
 * secep-build is missing; -EBADMSG: it does not build (the first error of the log is the sentence)
 * or did not the last time; -ENOTSUP: its source cannot be built
 * for this kernel or compiler, or not by one call of make (*WHY says what to do instead); -ESTALE: what was built does not fit the kernel; -ENOKEY: it must be
 * signed and cannot be; -EBUSY: another build still runs. */
int kmod_build(const struct sys *sys, const struct kmod_request *request, struct kmod_built *out,
               char **why);

/* Puts the module file FROM into /lib/modules/RELEASE/updates/secep/MODULE.ko and runs depmod; the
 * one there is replaced in one rename. 0 or -errno with *WHY. */
int kmod_install(const struct sys *sys, const char *from, const char *module, const char *release,
                 char **why);
/* Puts DATA back there as the module (NULL: takes it away) and runs depmod. */
int kmod_put_back(const struct sys *sys, const char *module, const char *release, const void *data,
                  size_t len, char **why);

/* For a kernel that is gone: removes what is below its updates/secep, the directories that leaves
 * empty, and its builds and failures. 0 also where there is nothing, or -errno with *WHY. */
int kmod_forget(const struct sys *sys, const char *release, char **why);

/* "/lib/modules/RELEASE/updates/secep/MODULE.ko" */
char *kmod_path(const char *module, const char *release);

/* The sentence of a remembered failure of this request's build, or of a source that no build can be
 * tried of, malloc'ed; NULL: none. *UNSUITABLE: the failure was, or would be, -ENOTSUP. Looks only.
 */
char *kmod_known_bad(const struct sys *sys, const struct kmod_request *request, bool *unsuitable);

#endif
