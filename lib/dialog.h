/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that asks before it acts: started, read until it asks, answered, waited for. What it
 * prints goes to files in memory, so that it goes on to its end should we be killed; its stdin ends
 * with us, which a question takes for a no. */
#ifndef SECEP_LIB_DIALOG_H
#define SECEP_LIB_DIALOG_H

#include "lib/run.h"

struct dialog;

/* Starts the program of RUN (its callbacks, time limit and fds are not looked at). 0 or -errno. */
int dialog_start(const struct run *run, struct dialog **out);
/* Waits until stdout has QUESTION in it: 1, or 0: it ended without, or -ETIMEDOUT. */
int dialog_until(struct dialog *d, const char *question, int64_t timeout_ms);
/* The same of a question on stdout or stderr, until one of them has it N times (from 1). */
int dialog_until_either(struct dialog *d, const char *question, unsigned n, int64_t timeout_ms);
/* What it has printed so far on stdout and on stderr, malloc'ed. */
char *dialog_said(const struct dialog *d);
char *dialog_complained(const struct dialog *d);
/* Writes TEXT to its stdin. Nobody reading is no failure: dialog_finish() tells. */
void dialog_answer(struct dialog *d, const char *text);
/* Ends its stdin, waits for it without limit, and frees the dialog. */
void dialog_finish(struct dialog *d, struct run_result *out);
/* Kills it and frees the dialog; NULL is fine. */
void dialog_drop(struct dialog *d);

#endif
