/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One lock for all writers of secep on a root: flock(2) on /var/lib/secep/lock, which holds the
 * holder's program, pid and start time as text. It ends with the process (and with children that
 * were handed its fd), so a killed run leaves none. */
#ifndef SECEP_LIB_LOCK_H
#define SECEP_LIB_LOCK_H

#include "lib/sys.h"

/* Takes the lock, waiting for whoever holds it (lib/wait.h). The fd that holds it, or -EAGAIN with
 * *WHY naming the holder, -EINTR with *WHY, or -errno with *WHY. close(2) releases it. */
int lock_take(const struct sys *sys, char **why);

#endif
