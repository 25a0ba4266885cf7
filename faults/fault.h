/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fault: one file, two functions, one const struct. How to add one: faults/README.md. */
#ifndef SECEP_FAULTS_FAULT_H
#define SECEP_FAULTS_FAULT_H

#include <stddef.h>
#include "faults/plan.h"
#include "faults/table.h"
#include "lib/sys.h"
#include "lib/util.h"

enum verdict {
        VERDICT_UNKNOWN, /* could not tell; never reads as ok */
        VERDICT_OK,
        VERDICT_FAULT,
        VERDICT_BLOCKED,        /* holds, and only a person, a reboot or the console ends it */
        VERDICT_NOT_APPLICABLE, /* with the reason in why */
        VERDICT_NOT_ASKED,      /* only a proof can know, and this was a look */
};

/* What ends a fault that no repair ends: something to type, to set in the console, to arrange. */
enum do_kind { DO_NOTHING, DO_COMMAND, DO_CONSOLE, DO_PERSON };

/* One thing looked at: what, what was found, what was expected (NULL: nothing in particular). */
struct evidence {
        char *what, *found, *expected;
        bool detail; /* as it should be, or what the sentence tells: not on a screen without --verbose */
        bool literal; /* what a file says: the same in every language */
};

struct finding {
        enum verdict verdict;
        char *cause; /* a code of the closed lists in README.md; NULL unless fault or blocked */
        char *why;   /* one sentence for a person */
        struct evidence *evidence;
        size_t n_evidence;
        char **notes;         /* warnings that change no verdict, NULL-terminated */
        char *next_boot;      /* the kernel that boots next, where it will raise this fault */
        enum do_kind do_kind; /* never DO_NOTHING where blocked, once advice_ensure() was there */
        char *do_text;        /* one line; NULL with DO_NOTHING */
        int needs;            /* the fault whose repair has to come before this one's; 0: none */
        struct plan learned;  /* what the look found out that its own plan() would have to look for
                                 again */
        void *facts;          /* the same where it is no step; of a kind the fault alone knows */
        void (*facts_free)(void *);
};
#define FINDING_INIT                                                                               \
        {                                                                                          \
                .verdict = VERDICT_UNKNOWN                                                         \
        }

/* Sets verdict, cause (NULL: none) and sentence, replacing what was set; a do line is dropped, since
 * it belonged to what was found before. Returns 0. */
int finding_set(struct finding *f, enum verdict verdict, const char *cause, const char *fmt, ...)
        PRINTF(4, 5);
/* "Could not tell": sets the sentence and returns R, a -errno, for `return finding_unknown(...)`.
 */
int finding_unknown(struct finding *f, int r, const char *fmt, ...) PRINTF(3, 4);
void finding_evidence(struct finding *f, const char *what, const char *found, const char *expected);
/* The last evidence is as it should be, or the sentence tells it: a detail. */
void finding_detail(struct finding *f);
/* The last evidence has values of a file and no words. */
void finding_literal(struct finding *f);
void finding_note(struct finding *f, const char *fmt, ...) PRINTF(2, 3);
/* Kernel RELEASE boots next and will raise this fault: for programs, beside the note for a person. */
void finding_next_boot(struct finding *f, const char *release);
/* The do line, after finding_set(). A command has its names from disk quoted (lib/shell.h, or the
 * helpers of faults/advice.h); one that would hold a control or bidi character is not kept as a
 * command but said to be one that has to be typed with care. */
void finding_do(struct finding *f, enum do_kind kind, const char *fmt, ...) PRINTF(3, 4);
/* FACTS go with F, which frees them with FREE_IT. */
void finding_facts(struct finding *f, void *facts, void (*free_it)(void *));
/* The steps that F has learned become the last of PLAN, what it asks of the restart is asked too. */
void finding_to_plan(struct finding *f, struct plan *plan);
void finding_free(struct finding *f);
#define _cleanup_finding_ _cleanup_(finding_free)

/* How a repair that ended with ERROR (a -errno of a step) reads. */
struct fault_failure {
        int error;
        enum verdict verdict; /* VERDICT_FAULT or VERDICT_BLOCKED */
        const char *cause;
};

struct fault {
        int id;           /* the connector's number */
        const char *slug; /* log key, test folder */
        const char *summary;
        bool only_proved; /* a look cannot tell it all: a plan or a repair asks it in depth from
                             the start */
        bool of_kernel;   /* about the kernel asked for, which need not be the one that runs */
        bool restarts;    /* a repair of it asks for a restart of the connector's service */
        /* Ended by an entry without cause; NULL: none. Otherwise the cause stays what it was, and
         * -EPERM is blocked, the rest a fault. */
        const struct fault_failure *failures;
        /* Looks (or proves: sys->depth) and fills *F. Reads only. 0, or -errno: could not tell,
         * with the reason in f->why. */
        int (*probe)(const struct sys *sys, struct finding *f);
        /* Turns a finding of verdict fault into steps. Reads only; may open a plug-in. It may find
         * out that there is nothing to be done: finding_set(f, VERDICT_BLOCKED, ...) and no steps.
         * 0 or -errno with the reason in f->why. */
        int (*plan)(const struct sys *sys, struct finding *f, struct plan *plan);
};

/* All of table.h, FAULTS_COUNT in repair order, NULL-terminated. */
extern const struct fault *const faults[];
const struct fault *fault_by_id(int id); /* NULL: no such fault */

const char *verdict_name(enum verdict verdict); /* "ok", "fault", "blocked", "not-applicable",
                                                   "not-asked", "could-not-tell" */
const char *do_kind_name(enum do_kind kind);    /* "command", "console", "person"; NULL: nothing */

#endif
