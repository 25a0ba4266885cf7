/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SELinux of a root: its state, what its policy allows, its module store, and the few changes made
 * to that. State, questions and store are read by libselinux and libsepol only; a change opens the
 * plug-in with libsemanage in a child of its own, for that library keeps its root globally.
 *
 * A store is /var/lib/selinux/TYPE (or store-root of semanage.conf, or /etc/selinux/TYPE):
 * active/modules/PRIORITY/NAME/{cil,hll,lang_ext}, active/modules/disabled/NAME,
 * active/policy.kern (what the last build gave, copied to /etc/selinux/TYPE/policy/policy.N).
 *
 * This header is not named selinux.h: with -I. it would hide the system library's. */
#ifndef SECEP_SELINUX_SECEP_SELINUX_H
#define SECEP_SELINUX_SECEP_SELINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/progress.h"
#include "lib/sys.h"

/* The rule the vendor's page on fault 19 asks for: the domain, and { bpf } on itself. The module's
 * name is the one the vendor's package uses; 200 leaves its own, at 400, above ours. */
#define SELINUX_DOMAIN "unconfined_service_t"
#define SELINUX_MODULE "cisco-secure-bpf"
#define SELINUX_MODULE_SECOND "cisco-secure-bpf-secep" /* beside a module that shadows ours */
#define SELINUX_PRIORITY 200

/* The text of our module (cisco-secure-bpf.cil). */
const char *selinux_module_text(size_t *len);

/* --- state --- */

enum selinux_mode { SELINUX_ABSENT, SELINUX_DISABLED, SELINUX_PERMISSIVE, SELINUX_ENFORCING };
const char *selinux_mode_name(enum selinux_mode mode);

struct selinux_state {
        enum selinux_mode mode;       /* live: the kernel's word; else what the configuration says,
                                         absent where there is no policy */
        enum selinux_mode configured; /* SELINUX= of /etc/selinux/config; absent: no such file */
        char *type; /* SELINUXTYPE=; where it names none, what is there of "targeted" and "default" */
        char *policy;     /* the newest /etc/selinux/TYPE/policy/policy.N, or NULL */
        unsigned version; /* that N */
        bool store;       /* a policy file, or a whole store to build one from */
        bool unread; /* the configuration is there and no SELINUX= line of it has a valid value */
};

/* /etc/selinux/config as libselinux reads it, held against it by a differential test. TEXT is all of
 * it. False: no valid line. The type is malloc'ed, NULL where none is named. */
bool selinux_config_mode(const char *text, enum selinux_mode *out);
char *selinux_config_type(const char *text);

/* 0, or -errno with *WHY: a configuration that cannot be read, -EBADMSG: in a root that is not
 * running, one that says no valid mode. */
int selinux_state_read(const struct sys *sys, struct selinux_state *out, char **why);
void selinux_state_free(struct selinux_state *state);
#define _cleanup_selinux_state_ _cleanup_(selinux_state_free)

/* --- what is allowed --- */

enum selinux_answer {
        SELINUX_UNTOLD,
        SELINUX_ALLOWED,
        SELINUX_DENIED,
        SELINUX_DOMAIN_PERMISSIVE, /* not allowed, and let pass */
        SELINUX_NO_DOMAIN,         /* the policy has no such type */
        SELINUX_UNKNOWN_ALLOWED,   /* no such class, and the policy lets unknown classes pass */
        SELINUX_UNKNOWN_DENIED,    /* no such class, and it denies them */
};

/* May a process do all of PERMISSIONS (NULL-terminated) of a class to itself? */
struct selinux_question {
        const char *security_class;
        const char *const *permissions;
        enum selinux_answer answer;
        const char *denied; /* the first permission denied, NULL: none. One of PERMISSIONS */
};

/* bpf { map_create map_read map_write prog_load prog_run }; perf_event { open read write cpu kernel
 * tracepoint }: names as in the kernel's security/selinux/include/classmap.h. */
extern const char *const selinux_bpf_permissions[], *const selinux_perf_permissions[];

/* Asks the running kernel for a process of CONTEXT: a whole security context, or a bare type, which
 * becomes system_u:system_r:TYPE. The policy's word, also under permissive. 0 or -errno with *WHY.
 */
int selinux_ask_kernel(const char *context, struct selinux_question *questions, size_t n,
                       char **why);

/* Asks a binary policy file of the root by libsepol, which keeps one policy for the whole process
 * (not for threads). -EBADMSG: not a policy this library reads; -EOPNOTSUPP: this build's libsepol
 * cannot be asked (domains and classes that are not there are told all the same: 0). */
int selinux_ask_policy(const struct sys *sys, const char *path, const char *context,
                       struct selinux_question *questions, size_t n, char **why);

/* Asks the policy file as selinux_ask_policy() does: is Q denied although a rule gives it, by a
 * constraint or a type bound? false also where libsepol cannot say. */
bool selinux_denied_despite(const struct sys *sys, const char *path, const char *context,
                            struct selinux_question *q);

/* Asks the policy file as selinux_ask_policy() does and says which statement denies Q: a constraint
 * in libsepol's words, a type bound, or neither. malloc'ed; NULL: it is not denied, or libsepol
 * cannot say (exported since 3.4). */
char *selinux_denied_why(const struct sys *sys, const char *path, const char *context,
                         struct selinux_question *q);

/* Which boolean takes QUESTION away from CONTEXT in the policy file PATH: the one that, turned over
 * alone, gives it back. 1 with its *NAME (malloc'ed) and whether it is *ON, 0: no single one does,
 * -E2BIG: more than 16 would have to be tried, and none of the first does, or another -errno. For an
 * access that is denied. Only a boolean on which a rule of that class waits is tried. The policy that was
 * asked last is not read again for it, and one without such a boolean not by libsepol. */
int selinux_denied_boolean(const struct sys *sys, const char *path, const char *context,
                           const struct selinux_question *question, char **name, bool *on);

/* The security context of process PID, malloc'ed; NULL: it is gone, or another security module's word.
 * Live only. */
char *selinux_context_of(const struct sys *sys, int pid);

/* --- the store --- */

struct selinux_module {
        char *name;
        unsigned priority;
};

struct selinux_store {
        char *path; /* the store inside the root; NULL: no store of a kind we know */
        char *part; /* "active"; where the store is cut off, "tmp" or "previous": what heals it */
        bool cut_off;
        struct selinux_module *modules;
        size_t n_modules;
};

/* Lists modules of the store. 0 (PATH NULL where there is no store), or -errno with *WHY; a cut-off
 * store with nothing to heal it from is -ENOENT. */
int selinux_store_read(const struct sys *sys, const char *type, struct selinux_store *out,
                       char **why);
void selinux_store_free(struct selinux_store *store);
#define _cleanup_selinux_store_ _cleanup_(selinux_store_free)

/* The highest priority a module of this name has, 0 for none: that one counts. */
unsigned selinux_store_priority(const struct selinux_store *store, const char *name);
/* Is the module there at just this priority? */
bool selinux_store_has(const struct selinux_store *store, const char *name, unsigned priority);
bool selinux_store_is_disabled(const struct sys *sys, const struct selinux_store *store,
                               const char *name);
/* The module as it was installed: *TEXT (malloc'ed, uncompressed), *LANG ("cil", "pp"). -ENOENT. */
int selinux_store_module(const struct sys *sys, const struct selinux_store *store, const char *name,
                         unsigned priority, char **text, size_t *len, char **lang, char **why);
/* 1: the text at NAME, PRIORITY is ours; 0: another, or none; -errno. */
int selinux_store_is_ours(const struct sys *sys, const struct selinux_store *store,
                          const char *name, unsigned priority, char **why);
/* 1: the policy file POLICY is what the store's last build gave; 0: it is another, or the store
 * has no such build; -errno. */
int selinux_store_is_built(const struct sys *sys, const struct selinux_store *store,
                           const char *policy, char **why);

/* Can our libsemanage write this root's store and policy? 0, or -EXDEV with *WHY (another policy
 * version, another layout): then only programs of that root can. A live root always can. */
int selinux_writable(const struct sys *sys, const struct selinux_state *state, char **why);

/* --- changes. All: 0 or -errno with *WHY; -EAGAIN: another writer held the lock until
 * sys->deadline (named); -EBADMSG: the store does not build because of a module of somebody else
 * (named, with priority and line), and is left as it was; -EKEYREJECTED: because a neverallow forbids what
 * the module to be installed allows (named likewise). A cut-off store is healed first. --- */

/* Under the store's own locks `tmp` or `previous` becomes `active`. 0 also where it is well. The
 * policy file is not built again by this. */
int selinux_heal(const struct sys *sys, const char *type, char **why);

enum selinux_op { SELINUX_INSTALL, SELINUX_REMOVE, SELINUX_ENABLE, SELINUX_DISABLE, SELINUX_BUILD };

struct selinux_change {
        enum selinux_op op;
        const char *type; /* SELINUXTYPE */
        const char *name; /* the module; unused by SELINUX_BUILD */
        unsigned priority;
        const char *text; /* SELINUX_INSTALL */
        size_t len;
        const char *lang;
};
/* One transaction of libsemanage, waiting for its lock until sys->deadline. The kernel keeps the
 * policy it has. */
int selinux_change(const struct sys *sys, const struct selinux_change *change,
                   const struct progress *progress, char **why);

/* Gives the policy file of the running system to the kernel. Live only. */
int selinux_load(const struct sys *sys, char **why);

#endif
