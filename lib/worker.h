/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A forked child that stays: for libraries whose state must last from one request to the next. */
#ifndef SECEP_LIB_WORKER_H
#define SECEP_LIB_WORKER_H

#include "lib/run.h"

/* A child that stays and is asked more than once: with ASKED set, its FN reads a request a line
 * from FD until that ends (which it does with us), and answers each with one line that begins with
 * a brace. */
struct worker;
/* 0 or -errno. Settings of CHILD as above; TIMEOUT_MS is not looked at. */
int worker_open(const struct run_child *child, struct worker **out);
/* Sends REQUEST, hands whole lines to ON_LINE(DATA) (may be NULL) until the answer, which is
 * malloc'ed. 0, -EPIPE: the child ended instead, -EMSGSIZE: an answer of more than OUTPUT_MAX. */
int worker_ask(struct worker *s, const char *request, void (*on_line)(void *, const char *line),
               void *data, char **answer);
/* Ends it and waits for the child; *SIGNAL (may be NULL): that ended it, or 0. NULL is fine. */
void worker_close(struct worker *s, int *signal);

#endif
