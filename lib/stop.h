/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that ask a program to stop. A step that writes is never cut: the signal is answered at
 * once, and obeyed after it. */
#ifndef SECEP_LIB_STOP_H
#define SECEP_LIB_STOP_H

#include <stdbool.h>

/* For the start of every program: what it inherited is forgotten, dispositions (a parent that ignored
 * SIGCHLD would take our children's status from us) and mask. Only an ignored SIGHUP stays: that is
 * nohup(1)'s word. */
void stop_reset_signals(void);

/* From now on INT, TERM, HUP (unless ignored) and QUIT are only noted, for us and for the children that
 * are forked from here on. */
void stop_catch(void);
/* Was one of them caught? Also in such a child, when we caught it. */
bool stop_asked(void);
/* For a plug-in, which has functions of this file of its own: the program's stop_asked(). */
void stop_ask(bool (*program)(void));
/* It was obeyed: what must still be put back is done like anything else. */
void stop_obeyed(void);

/* While something is done that is not cut: a signal is answered by ANSWER on standard error, behind
 * the program's name. NULL: nothing is. */
void stop_answer(const char *answer);

#endif
