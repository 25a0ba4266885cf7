/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 16: what its probe and its plan share. */
#ifndef SECEP_FAULTS_KERNEL_COMPAT_H
#define SECEP_FAULTS_KERNEL_COMPAT_H

#include "faults/gate.h"
#include "kernels/compat.h"
#include "packages/packages.h"

struct kernel_question {
        char *release;     /* of the kernel asked about */
        char *version;     /* of the connector; NULL: not known */
        int version_error; /* 0, or why not: only a row that asks for the version needs it */
        char *version_why;
        bool refused; /* the connector's word against a kernel the table lets pass: another one
                          has to be older, and a newer connector is believed */
        struct compat compat;
        struct keyfile os;
};

/* Fills *Q, "refused" apart. 0, or -errno with *WHY. */
int kernel_question_ask(const struct sys *sys, struct kernel_question *q, char **why);
void kernel_question_free(struct kernel_question *q);
/* The same, and Q itself: for finding_facts(). */
void kernel_question_drop(void *q);

/* Does a row say that kernel RELEASE, another one than asked about, is well? */
bool kernel_fits(const struct kernel_question *q, const char *release);

/* Fault 16's plan (kernel_change.c), from the question in f->facts. */
int kernel_change_plan(const struct sys *sys, struct finding *f, struct plan *plan);

#endif
