/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One look at fault 5: the checks gather evidence and steps side by side. For scan_user*.c. */
#ifndef SECEP_FAULTS_SCAN_USER_H
#define SECEP_FAULTS_SCAN_USER_H

#include "accounts/accounts.h"
#include "faults/past.h"

struct look {
        const struct sys *sys;
        struct account account;
        struct finding *f; /* evidence and notes */
        struct plan *plan; /* what mends it all */
        /* The first fault that was met is the most basic; what a person must end comes after what
         * we can mend, and what could not be told last. */
        struct {
                enum verdict verdict;
                const char *cause;
                char *why;
                size_t told; /* which evidence it tells, counted from 1 */
        } fault, blocked;
        char **owned;     /* directories that are the connector's, NULL-terminated */
        bool by_package;  /* so its package says */
        bool by_rpm;      /* its package would say, and only rpm's library reads it */
        char *refused_at; /* where the account is refused, and whether by the mode alone */
        bool refused_by_mode;
        char *unasked; /* a directory of which that was not asked */
        int error;     /* a part that could not be told */
        char *untold;
        struct runlog_past past; /* repairs of the last day, once asked for */
        bool past_read;
};

/* Something is wrong: VERDICT_FAULT or VERDICT_BLOCKED. */
void look_ail(struct look *l, enum verdict verdict, const char *cause, const char *fmt, ...)
        PRINTF(4, 5);
void look_untold(struct look *l, int error, const char *fmt, ...) PRINTF(3, 4);

/* Which directories are the connector's: what its package owns, else what it needs to start. */
void look_owned_read(struct look *l);
bool look_owns(struct look *l, const char *path);

/* The checks. 0, or -errno with *WHY: nothing at all can be told. */
int scan_user_missing(struct look *l, char **why);
int scan_user_altered(struct look *l, char **why);
int scan_user_directories(struct look *l, char **why);
int scan_user_reach(struct look *l, char **why);
/* What a person runs about that: after the finding is set. */
void scan_user_reach_advice(const struct look *l);
int scan_user_process(struct look *l, char **why);

#endif
