/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records that come out of a module's device. */
#ifndef SECEP_KMOD_BUILD_DEVICE_H
#define SECEP_KMOD_BUILD_DEVICE_H

#include "kmod-build/ampfsm/record.h"
#include "kmod-build/event.h"

/* Is RECORD the event that M makes for MONITOR? */
bool device_event_is(const struct amp_record *record, enum monitor monitor,
                     const struct event_maker *m);

/* The record at AT of LEN bytes: NULL where they hold none that is whole and sound. */
const struct amp_record *device_record(const void *data, size_t len, size_t at);

/* Reads FD (not blocking) until that event has come or now_ms() is UNTIL: 1, 0, or -errno:
 * -EBADMSG where something else than our records comes, -EPIPE at an end of file. */
int device_await(int fd, enum monitor monitor, const struct event_maker *m, int64_t until);

#endif
