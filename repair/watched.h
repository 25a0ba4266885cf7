/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the monitor says in faults.json, as plain data. */
#ifndef SECEP_REPAIR_WATCHED_H
#define SECEP_REPAIR_WATCHED_H

#include <stdint.h>

#include "faults/fault.h"

struct watched_fault {
        enum verdict verdict; /* of the last look */
        bool cleared;         /* and that look, or one before, said so */
        int64_t looked;       /* when that was, by now_ms() of its boot */
        int64_t since;        /* milliseconds of the epoch: raised or cleared; 0: not known */
        char *why;            /* never NULL */
};

struct watched {
        bool alive;                            /* a monitor holds its lock */
        int64_t time;                          /* of the last look, milliseconds of the epoch */
        struct watched_fault of[FAULTS_COUNT]; /* in the order of faults[] */
};

/* TEXT is faults.json. A fault it does not name could not be told. 0 or -EBADMSG; watched_free(). */
int watched_parse(const char *text, struct watched *out);
/* The same of the monitor of SYS. 0, -EBADMSG, or what reading said; ALIVE is set either way. */
int watched_read(const struct sys *sys, struct watched *out);
void watched_free(struct watched *w);

/* The exit status of a check that saw this of FAULTS (NULL-terminated): 3 where no monitor lives. */
int watched_status(const struct watched *w, const struct fault *const *of, bool all);
/* Is it cleared, by a look at BEGUN or later that could tell? */
bool watched_clear_since(const struct watched_fault *f, int64_t begun);
const struct watched_fault *watched_find(const struct watched *w, const struct fault *fault);

#endif
