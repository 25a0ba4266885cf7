/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What faults 8 and 9 have in common: how a real-time monitor comes into the kernel. */
#ifndef SECEP_FAULTS_REALTIME_H
#define SECEP_FAULTS_REALTIME_H

#include "connector/connector.h"
#include "faults/fault.h"
#include "faults/kernel_needs.h"
#include "kmod-build/prove.h"

struct realtime {
        int id;
        enum monitor monitor;
        unsigned parts;      /* of the connector's programs: bits of enum kernel_part */
        const char *what;    /* "file system monitor" */
        const char *module;  /* of ours */
        unsigned option;     /* enum connector_option: its gate */
        const char *console; /* the option's name on the console */
};

int realtime_probe(const struct sys *sys, const struct realtime *rt, struct finding *f);
/* The plan of both (struct fault), of what the look has learned. */
int realtime_plan(const struct sys *sys, struct finding *f, struct plan *plan);

/* What the connector itself says of this monitor. */
enum says {
        SAYS_NOTHING, /* none is installed, or it does not run on the kernel asked about */
        SAYS_FAULT,   /* it runs without its monitor: why is the kernel's side of the question */
        SAYS_DONE,    /* the finding is made, and needs nothing else */
};

/* One answer for every depth, so that none contradicts another: where the connector runs, the verdict
 * is its own. A look finds only what cannot mean anything else (the device of this very module, open);
 * an open eBPF program may be the other monitor's, and none at all a connector that watches another
 * way. What is left is "not asked", which a proof settles by ampcli. */
enum says realtime_word(const struct sys *sys, const struct realtime *rt, const char *release,
                        struct finding *f);

/* The module's side of the question, asked where eBPF does not do. */
int realtime_module(const struct sys *sys, const struct realtime *rt, const char *release,
                    struct finding *f);

/* Is there a module to go by all the same: one that is there, or a source that the operator names? */
bool realtime_has_module(const struct sys *sys, const struct realtime *rt, const char *release);

/* The directory of the module's sources on the host into *OUT (malloc'ed), "" for ours: what
 * ModuleSource= names is in the root. 0 or -errno with *WHY. */
int realtime_source(const struct sys *sys, char **out, char **why);

#endif
