/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one way to wait for somebody else: told to whoever watches, ended by a signal (lib/stop.h)
 * within a fraction of a second, and by sys->deadline, which all waits of a run share. */
#ifndef SECEP_LIB_WAIT_H
#define SECEP_LIB_WAIT_H

#include "lib/sys.h"

/* Who is told "waiting for WHAT, N s at most"; NULL: nobody. For the program, once. */
void wait_told_by(void (*tell)(void *data, const char *note), void *data);

struct wait {
        int64_t begun; /* now_ms(); 0: not yet */
        bool told;
};

#define WAIT_NOTE_MS 2000 /* long enough that a person begins to wonder */

/* Tells of a wait that somebody else makes (a bus call), once it is long enough. */
void wait_note(const struct sys *sys, struct wait *wait, const char *what);

/* A pause of MS milliseconds at most, between two tries: 0 when it is time for the next. WHAT is
 * waited for, in the language of people: "the lock held by X". -EAGAIN: the time is up, *WHY is left to the caller; -EINTR with
 * *WHY: asked to stop. */
int wait_pause(const struct sys *sys, struct wait *wait, const char *what, int ms, char **why);

#endif
