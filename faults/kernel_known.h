/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts that faults/kernel_functions.c judges by. */
#ifndef SECEP_FAULTS_KERNEL_KNOWN_H
#define SECEP_FAULTS_KERNEL_KNOWN_H

#include "faults/fault.h"
#include "faults/kernel_btf.h"
#include "faults/kernel_functions.h"

enum has { HAS_UNTOLD, HAS, HAS_NOT };

struct kernel_known {
        bool running;
        unsigned forms;  /* of the connector (enum kernel_form) */
        unsigned may_be; /* more than that where its version is not known */
        char *config;    /* NULL: there is none */
        enum btf btf;
        bool any_listed, listed[KERNEL_NAMES];
        enum has functions[KERNEL_FUNCTIONS], features[KERNEL_FEATURES], maps[KERNEL_MAPS],
                members[KERNEL_MEMBERS];
};

/* Fills *K, zeroed before, of kernel RELEASE, with notes and evidence in F of what was tried in
 * depth, which is the functions of PARTS only. */
void kernel_known_ask(const struct sys *sys, const char *release, unsigned parts, struct finding *f,
                      struct kernel_known *k);
void kernel_known_free(struct kernel_known *k);
#define _cleanup_known_ _cleanup_(kernel_known_free)

#endif
