/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where module sources are built: the root read-only, no network, a pid space of its own, the user
 * secep-build without a capability, and one directory to write in. Sources and what their make runs
 * are hostile here. */
#ifndef SECEP_KMOD_BUILD_SANDBOX_H
#define SECEP_KMOD_BUILD_SANDBOX_H

#include "kmod-build/tree.h"
#include "lib/run.h"

#define BUILD_USER "secep-build"

struct sandbox {
        char *path; /* /var/lib/secep/kmod/work.XXXXXX */
        int build;  /* its directory of sources, the build's to write */
        int mount;  /* > 0: BUILD is in memory, see lib/detached.h */
        uid_t uid;
        gid_t gid;
};

/* Makes the directories. 0, or -errno with *WHY: -ENOENT where the root has no user secep-build,
 * -EPERM where that user is root. */
int sandbox_make(const struct sys *sys, struct sandbox *out, char **why);

/* Runs make with CALL (make_call.h) and CC in the sandbox, to the end of all that can be built, so
 * that the log has the errors of every file. Its processes, their memory, all that it writes and the
 * time are limited, the memory of all together where a control group is to be had (lib/cgroup.h). It
 * is ended when we are asked to stop. 0 when it ran, whatever its status, with what it printed in
 * *OUT; -ENOENT (no make or linker), -ENOMEM (it used more than it may) or -errno with *WHY. */
int sandbox_run(const struct sys *sys, const struct sandbox *box, char *const *call, const char *cc,
                struct run_result *out, char **why);

/* PROGRAM (argv, keep_fd, timeout_ms and obeys of it) in the sandbox, with the same rights and limits; it
 * sees the box's directory at SOURCES_INSIDE (make_call.h). 0 when it ran, or -errno with *WHY. */
int sandbox_program(const struct sys *sys, const struct sandbox *box, const struct run *program,
                    struct run_result *out, char **why);

/* Removes it and every one a killed run left, however deep what is in it. */
void sandbox_sweep(const struct sys *sys);
void sandbox_free(struct sandbox *box);
#define _cleanup_sandbox_ _cleanup_(sandbox_free)

#endif
