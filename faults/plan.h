/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan: steps as plain data, printable before they are done. What a kind does stands in the
 * table of repair/kind.c. */
#ifndef SECEP_FAULTS_PLAN_H
#define SECEP_FAULTS_PLAN_H

#include <stddef.h>

enum step_kind {
        /* accounts */
        STEP_CREATE_GROUP,      /* target: group */
        STEP_CREATE_USER,       /* target: user; key: its primary group */
        STEP_SET_PRIMARY_GROUP, /* target: user; key: group */
        STEP_RENUMBER_USER,     /* target: user; a new system uid instead of 0 */
        STEP_RENUMBER_GROUP,    /* target: group; a new system gid instead of 0 */
        STEP_LOCK_PASSWORD,     /* target: user */
        STEP_SET_USERGROUPS,    /* target: /etc/login.defs; value: yes. Temporary */
        /* files */
        STEP_SET_MODE,    /* target: directory; value: octal mode */
        STEP_SET_OWNER,   /* target: directory; value: "0:0" */
        STEP_MOVE_FILE,   /* target: file; value: where to (quarantine); key: "" or the identity of
                             the one file that may be moved (connector/signatures.h): nothing is done
                             where it is gone or another */
        STEP_WRITE_FILE,  /* target: file; value: its whole new text */
        STEP_REMOVE_FILE, /* target: file */
        STEP_MAKE_LINK,   /* target: symbolic link, absent or leading nowhere; value: to where */
        /* packages */
        STEP_INSTALL_PACKAGE, /* target: package name; key: version or "" */
        STEP_REINSTALL_PACKAGE,
        STEP_INSTALL_KERNEL,  /* target: package name; key: version; value: release it brings */
        STEP_SET_BOOT_KERNEL, /* target: release */
        /* selinux */
        STEP_HEAL_STORE,     /* target: store name */
        STEP_INSTALL_MODULE, /* target: module name; key: priority; value: unused, the text is ours
                              */
        STEP_ENABLE_MODULE,  /* target: module name */
        STEP_REBUILD_POLICY, /* target: store name */
        STEP_LOAD_POLICY,    /* target: store name. Needs the running kernel */
        /* kernel modules */
        STEP_BUILD_KMOD, /* target: module; key: release; value: source directory */
        STEP_LOAD_KMOD,  /* target: module. Needs the running kernel */
        /* services */
        STEP_RESTART_SERVICE, /* target: unit; key: "" or a program: nothing is done where it runs
                                 already; value: "" or a program that is given a moment to start.
                                 Needs the running system */
        STEP_SET_CPU_QUOTA,   /* target: unit; value: per cent */
        STEP_KINDS
};

/* The word for KIND in run logs and JSON: "create-group". */
const char *step_kind_name(enum step_kind kind);
/* The kind of that name; STEP_KINDS: unknown. */
enum step_kind step_kind_by_name(const char *name);

/* What an installation brings in. */
struct step_package {
        char *name, *version;
        char *old;                /* version there now; NULL: newly installed */
        long long download, size; /* bytes to fetch, and what it takes installed; 0: not known */
};

struct step {
        enum step_kind kind;
        int fault;                     /* 0: the run's own */
        char *target, *key, *value;    /* never NULL; "" where a kind has no use for it */
        struct step_package *packages; /* where the package system was asked for the plan */
        size_t n_packages;
        unsigned faults; /* the run's own: 1u << id of each fault that it is for */
};

/* What a plan asks of the restart of the connector that ends a run; the restart is the run's own
 * step, one for all faults. 0: a fault that says `restarts` asks for it where a step was done. */
enum plan_restart {
        PLAN_RESTART = 1 << 0,             /* wanted, steps or not, the service active or not */
        PLAN_RESTART_UNLESS_RUNS = 1 << 1, /* not where the scan process runs by then */
        PLAN_RESTART_AWAIT = 1 << 2,       /* the scan process is given a moment to start */
};

struct package_session; /* packages/packages.h */

struct plan {
        struct step *steps;
        size_t n;
        struct package_session *packages; /* on loan: what resolves does it here; NULL: nothing is
                                             installed afterwards */
        unsigned restart;                 /* enum plan_restart */
};

/* Appends a step; NULL strings become "". The fault's id is filled in by repair/. */
void plan_add(struct plan *plan, enum step_kind kind, const char *target, const char *key,
              const char *value);
/* One more package that the last step of PLAN brings in; OLD may be NULL. */
void plan_add_package(struct plan *plan, const char *name, const char *version, const char *old);
/* The sizes of that package. */
void plan_package_size(struct plan *plan, long long download, long long size);
void plan_free(struct plan *plan);

#endif
