/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events made on purpose. */
#ifndef SECEP_KMOD_BUILD_EVENT_H
#define SECEP_KMOD_BUILD_EVENT_H

#include "kmod-build/prove.h"

/* Renames a file of ours in a directory of ours, or connects to a listening socket of ours on the
 * loopback. 0 or -errno. */
int event_make(enum monitor monitor);

/* A name nobody else has, for the time of the event: a pid would be another one in a pid namespace.
 */
struct event_maker {
        char name[16], before[16];
};
/* Makes one up; the process bears it from _begin() to _end(). */
void event_maker_name(struct event_maker *m);
void event_maker_begin(struct event_maker *m);
void event_maker_end(const struct event_maker *m);

#endif
