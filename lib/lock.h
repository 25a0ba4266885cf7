/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One lock for all writers of secep on a root: flock(2) on /var/lib/secep/lock, which holds the
 * holder's program, pid and start time as text. It ends with the process (and with children that
 * were handed its fd), so a killed run leaves none. */
#ifndef SECEP_LIB_LOCK_H
#define SECEP_LIB_LOCK_H

#include "lib/sys.h"

/* Who wants to know that the lock is waited for; NOTE names the holder. */
struct lock_waiter {
        void (*tell)(void *data, const char *note);
        void *data;
};

/* Takes the lock, waiting until sys->deadline; WAITER (may be NULL) is told once when that takes
 * longer than LOCK_NOTE_MS. The fd that holds it, or -EAGAIN with *WHY naming the holder, or
 * -errno with *WHY. close(2) releases it. */
#define LOCK_NOTE_MS 2000 /* long enough that a person begins to wonder */
int lock_take(const struct sys *sys, const struct lock_waiter *waiter, char **why);

#endif
