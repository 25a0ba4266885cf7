/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module seen from the kernel: is it in, could it go in, what stands in the way. */
#ifndef SECEP_KMOD_BUILD_LOAD_H
#define SECEP_KMOD_BUILD_LOAD_H

#include <stdbool.h>
#include "kmod-build/tree.h"

enum module_where {
        MODULE_ABSENT,      /* no file for this release */
        MODULE_STALE,       /* a file that does not fit, or is not indexed: why says it */
        MODULE_BLACKLISTED, /* why names file and line, or the kernel's command line */
        MODULE_LOADABLE,
        MODULE_LOADED,
};

struct module_look {
        enum module_where where;
        char *path; /* of the file in the root, NULL where there is none */
        char *why;  /* NULL: nothing to say */
        bool ours;  /* the file is in updates/secep */
        bool given; /* and is a module built from sources that an operator gave, not from ours */
};

/* Looks for MODULE in the root's kernel (when RELEASE runs) and module tree of RELEASE. TREE may be
 * NULL: no header tree, so that only the release in the vermagic is compared. A compressed file is
 * taken as fitting. 0 or -errno with *WHY. */
int module_look(const struct sys *sys, const char *module, const char *release,
                const struct tree *tree, struct module_look *out, char **why);
void module_look_free(struct module_look *look);
#define _cleanup_module_look_ _cleanup_(module_look_free)

/* Is MODULE in the running kernel? */
bool module_loaded(const struct sys *sys, const char *module);
/* Has the running kernel support for modules at all? */
bool modules_supported(const struct sys *sys);

/* A loaded module of another product that does the same job, or NULL; owned by the table or the
 * configuration (ConflictingModule=). */
const char *module_conflicting(const struct sys *sys);

/* What an -errno of loading the module file DATA means: a cause of faults 8 and 9 and a sentence.
 * *BLOCKED: only a person ends it. */
struct load_failure {
        const char *cause;
        bool blocked;
        char *why;
};
void load_explain(const struct sys *sys, const char *module, const void *data, size_t len, int r,
                  struct load_failure *out);

/* Loads MODULE and what it depends on from the root's index (live only): opens the plug-in.
 * 0, also when it is loaded; -errno with *WHY from load_explain(). */
int module_load(const struct sys *sys, const char *module, const char *release, char **why);
/* Takes it out of the kernel; 0 also when it is not there; -EAGAIN: in use. */
int module_unload(const struct sys *sys, const char *module, char **why);

/* The plug-in secep-kmod.so, symbol kmod_plugin. */
struct kmod_plugin {
        /* DIR: /lib/modules/RELEASE. 0 or -errno; +65536 and +131072 as libkmod: blacklisted. */
        int (*load)(const char *dir, const char *module);
        int (*unload)(const char *dir, const char *module);
};

#endif
