/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a monitor see what happens on this kernel? Makes an event on purpose and receives it,
 * through an eBPF program (loads and attaches one; opens the plug-in secep-bpf.so) or through the
 * device of a module of ours that is loaded. Depth prove only. */
#ifndef SECEP_KMOD_BUILD_PROVE_H
#define SECEP_KMOD_BUILD_PROVE_H

#include <stdbool.h>
#include "lib/sys.h"
#include "lib/util.h"

enum monitor { MONITOR_FILE, MONITOR_NETWORK };

enum proof_step { PROOF_OPEN, PROOF_LOAD, PROOF_ATTACH, PROOF_EVENT, PROOF_DONE };

enum proof_refusal {
        REFUSED_NOT,
        REFUSED_NO_BPF,       /* the kernel has no bpf(2), or not this program type */
        REFUSED_NO_BTF,       /* needs BTF, and there is none */
        REFUSED_NO_FUNCTION,  /* nothing of that name to attach to, or no kprobes */
        REFUSED_LOCKDOWN,     /* lockdown=confidentiality */
        REFUSED_SELINUX,      /* enforcing, and the kernel says EACCES */
        REFUSED_UNPRIVILEGED, /* capabilities are missing */
        REFUSED_VERIFIER,     /* with its last lines in why */
        REFUSED_MEMORY_LOCK,  /* RLIMIT_MEMLOCK */
        REFUSED_NO_EVENT,     /* attached, and the event did not arrive */
        REFUSED_NO_DEVICE,    /* the module is there and its device is not */
        REFUSED_BUSY,         /* the device has a reader already: it has only one */
        REFUSED_NOT_OURS,     /* what comes out of the device are not our records */
        REFUSED_OTHER,
};

struct proof {
        bool seen;            /* the event arrived */
        char *type;           /* program type that saw it: "fentry", "kprobe", "raw_tp"; "module" */
        enum proof_step step; /* how far the last type tried came */
        enum proof_refusal refusal; /* of the last type tried that is not merely absent */
        int error;                  /* -errno of it */
        char *why;                  /* a line for each type tried and refused; "" for none */
};

/* 0 when the question could be asked, whatever the answer; -ENOSYS: built without eBPF; -ENOENT or
 * -ELIBACC: no plug-in or no libbpf, with *WHY. */
int bpf_prove(const struct sys *sys, enum monitor monitor, struct proof *out, char **why);
/* Reads /dev/MODULE while a child makes the event (the module tells its reader nothing of itself):
 * at most about two seconds. 0 as above; -EOPNOTSUPP: the root is not running. */
int module_prove(const struct sys *sys, enum monitor monitor, const char *module, struct proof *out,
                 char **why);
void proof_free(struct proof *proof);
#define _cleanup_proof_ _cleanup_(proof_free)

/* Does a program with CO-RE relocations load? 1, 0 with *WHY, or -errno as above, -EPERM with *WHY where
 * who asks is refused, whatever the kernel has. It decides only fault 11. */
int bpf_core_works(const struct sys *sys, char **why);

/* Something the running kernel has or has not: a function that a kprobe can be set on at its entry or
 * return (a trivial program is hung on it, once), or a map type by libbpf's name. */
enum bpf_want_kind { BPF_WANT_ENTRY, BPF_WANT_RETURN, BPF_WANT_MAP };
struct bpf_want {
        const char *name;
        enum bpf_want_kind kind;
        bool has; /* set */
};
/* Asks for each of the N: 0, or -errno with *WHY as above, also where the kernel refuses eBPF as such:
 * nothing is known then. */
int bpf_has(const struct sys *sys, struct bpf_want *wants, size_t n, char **why);

/* The plug-in's symbol bpf_plugin. */
struct bpf_monitor;
struct amp_record;
struct bpf_plugin {
        int (*prove)(const struct sys *sys, enum monitor monitor, struct proof *out, char **why);
        int (*core)(const struct sys *sys, char **why);
        int (*wants)(const struct sys *sys, struct bpf_want *wants, size_t n, char **why);
        /* The monitors themselves: the modules' records, by callback from poll. NULL where it was
         * built without. poll: records handled, or -errno. */
        int (*monitor_open)(enum monitor monitor, struct bpf_monitor **out, char **why);
        int (*monitor_poll)(struct bpf_monitor *m, int timeout_ms,
                            void (*on_record)(void *data, const struct amp_record *record),
                            void *data);
        void (*monitor_close)(struct bpf_monitor *m);
        /* For tests: set, the monitors take the way of kernels before 5.8. */
        bool *without_ring;
};

#endif
