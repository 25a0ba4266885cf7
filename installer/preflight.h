/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts of a host that a connector is to run on. Reads only. */
#ifndef SECEP_INSTALLER_PREFLIGHT_H
#define SECEP_INSTALLER_PREFLIGHT_H

#include "lib/sys.h"

enum fact_state {
        FACT_OK,
        FACT_REPAIRABLE, /* secep-installer install puts it right */
        FACT_PERSON,     /* only a person does */
        FACT_UNKNOWN,    /* could not tell */
};

/* "ok", "repairable", "person", "could-not-tell" */
const char *fact_state_name(enum fact_state state);

struct fact {
        const char *name; /* a word for programs, also what a person sees */
        char *value;
        enum fact_state state;
        char *advice; /* where it is not ok */
};

struct facts {
        struct fact *facts;
        size_t n;
};

/* Appends a fact; VALUE and ADVICE (may be NULL) are taken over. */
void facts_add(struct facts *facts, const char *name, enum fact_state state, char *value,
               char *advice);
void facts_collect(const struct sys *sys, struct facts *out);
void facts_free(struct facts *facts);
/* The exit status they give, as secep-repair's. */
int facts_exit(const struct facts *facts);

/* Other programs that see each file access and other protection products, into FACTS. */
void facts_rivals(const struct sys *sys, struct facts *facts);

/* What forbids an installation: too little disk. An exit status, with *WHY unless it is 0. */
int preflight_obstacle(const struct sys *sys, char **why);

#endif
