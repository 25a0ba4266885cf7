/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the two sides of a call of a plug-in: the program (call.c) and its child inside the root
 * (call_worker.c). A request is a line of JSON: {"op", "names"}. The answer is lines of text, "P
 * PERCENT WHAT" while it works, and one line of JSON: {"r", "why", "cause", "changes",
 * "candidates"}. */
#ifndef SECEP_PACKAGES_CALL_H
#define SECEP_PACKAGES_CALL_H

#include "packages/packages.h"

/* The two package systems, by enum package_kind. */
struct package_library {
        const char *plugin;
        const char *by_hand; /* what a person would run in the root */
        const char *const *caches;
        bool writes_cache; /* dnf does not work on a read-only one */
};
extern const struct package_library package_libraries[];

/* What a child is begun with, and keeps: NAME and VERSION are those of every request. */
struct call {
        const struct sys *sys;
        enum package_kind kind;
        enum package_op op;
        struct package_request request;
        struct stat root;
        uid_t resolver; /* who resolves in a root that is not running */
};

/* Who resolves in a root that is not running: nobody, where that is enough. zypper asks for uid 0, and
 * so do files of the operator (--offline) that only root may read; behind the door it has no capability
 * either, and everything is read-only. */
uid_t call_resolver(const struct sys *sys);

/* In a root that is not running: is there a FIFO where its package system reads? 0, or -EINVAL with
 * *WHY naming it. In the running system only root could have put one there. */
int call_answers(const struct sys *sys, enum package_kind kind, char **why);

/* For struct run_child: enters the root and answers requests until FD ends. */
int call_inside(void *call, int fd);

#endif
