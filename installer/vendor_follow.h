/* SPDX-License-Identifier: GPL-2.0-or-later */
/* After the connector's installation: until all nine faults are clear, or what is left. */
#ifndef SECEP_INSTALLER_VENDOR_FOLLOW_H
#define SECEP_INSTALLER_VENDOR_FOLLOW_H

#include "lib/sys.h"

/* Where secep-monitord lives, it is asked for a look and followed until it says of all nine that they are
 * clear, by looks made since; elsewhere they are looked at from here. END (now_ms()) or a signal ends the
 * waiting; without systemd nothing is waited for. Prints who was asked, what is left, and the table of a
 * look from here; returns the exit status, the worse of both. */
int vendor_follow(struct sys *sys, int64_t end);

#endif
