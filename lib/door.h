/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one door into a root that is not the running system: its bytes are hostile, and so are its
 * programs, NSS modules, package scriptlets and apt methods. Behind it a forked child has
 *
 * - mount, pid, ipc and uts namespaces of its own, and a network namespace unless it must fetch;
 * - the root as "/" by pivot_root(2), nodev, and nothing else of the host mounted;
 * - a /dev of null, zero, full, random, urandom and tty; an empty /run; the /proc of the new pid
 *   namespace, of which all that is no process is read-only;
 * - no descriptor but those it was handed;
 * - the capabilities of its profile and no way to more: bounding set cut, no_new_privs (except
 *   where the kernel runs SELinux, whose domain transitions of scriptlets it would forbid);
 * - a seccomp filter without mounts, namespaces, modules, eBPF, ptrace, keys, clocks and file
 *   handles (plugin_seccomp.c).
 *
 * SECURITY.md has the table of profiles and the test of each line. */
#ifndef SECEP_LIB_DOOR_H
#define SECEP_LIB_DOOR_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif
#include "lib/run.h"
#include "lib/sys.h"

enum door_profile {
        DOOR_RESOLVE,     /* looks only: the root read-only, no capability */
        DOOR_TRANSACTION, /* what installing packages and changing accounts needs, no more */
        DOOR_BUILD,       /* a compiler: the root read-only, an unprivileged user, no network */
};

/* Where the root sees the files of --offline, read-only. */
#define OFFLINE_INSIDE "/run/secep-offline"
/* Where the sources, lists and downloads of ExtraSource= are: in memory, gone with the last process
 * of the child. */
#define EXTRA_INSIDE "/run/secep-extra"

/* A directory of the host that appears inside. */
struct door_bind {
        const char *host;   /* absolute, of ours: opened before the root is entered */
        const char *inside; /* made where it is not there */
        bool writable;
        int detached; /* > 0: in place of HOST's directory, a file system of lib/detached.h */
};

struct door {
        enum door_profile profile;
        const char *at; /* an empty directory of ours, absolute: where the root is bound; NULL: onto
                           itself, and a copy of the running system below its own /run */
        bool net;       /* the host's network, for what fetches packages */
        bool tools;     /* the host's /usr, /bin, /sbin and /lib* with the root's /etc and /var: for
                       programs of the host that work on the root's files */
        bool extra;     /* makes EXTRA_INSIDE */
        bool disk;      /* the node of the block device the root lies on, where nothing else of the
                       host does (grub-probe asks for it) */
        const char *const *fresh;      /* empty throw-away directories, NULL-terminated, or NULL */
        const struct door_bind *binds; /* ended by an entry without host; NULL: none */
        uid_t uid;                     /* who resolves or builds; a transaction is root's */
        gid_t gid;
        int cgroup; /* > 0: entered before the root is (lib/cgroup.h), by door_run() alone */
};

/* Do programs of SYS go through the door? Those of the running system do not, and those of a copy of
 * it do. */
bool door_needed(const struct sys *sys);

/* In a forked child (struct run_child's FN, or struct run's in_child): through the door. OUTER is
 * the root as the parent saw it (its root_fd need not be open any more), ROOT its identity from
 * stat(2). Returns in a process of its own, the second one of the new pid namespace; the caller's
 * process waits for that and ends as it ends. *INNER (may be NULL) then describes the root as "/".
 * Never undone. 0 or -errno with *WHY:
 *   -EPERM     the kernel grants no namespaces or filter here, which *WHY says
 *   -ESTALE    the root is not the directory it was
 *   -ENOTDIR   /proc, /dev or /run of the root is not a directory
 *   -ENOENT    a directory to bind is not there */
int door_enter(const struct sys *outer, const struct stat *root, const struct door *door,
               struct sys *inner, char **why);

/* run_program() of a program behind the door: RUN's in_child runs there, its root_fd and cwd_fd are
 * not used. 0 when it ran, whatever its status, or -errno with *WHY, which says why the door did
 * not open. */
int door_run(const struct sys *sys, const struct door *door, const struct run *run,
             struct run_result *out, char **why);
/* run_checked() of it; without a door where none is needed. OUT may be NULL. */
int door_checked(const struct sys *sys, const struct door *door, const struct run *run,
                 struct run_result *out, char **why);

/* What a person reads where the door cannot be used here: a sentence's end, constant. */
#define DOOR_REFUSED "run this on a host whose kernel grants root namespaces, or in the root itself"

/* What plugin_seccomp.c gives as "secep_seccomp": loads the filter into this thread. 0 or -errno. */
struct door_filter {
        int (*load)(enum door_profile profile);
};

#ifdef __cplusplus
}
#endif
#endif
