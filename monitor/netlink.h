/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A netlink socket that only listens to the kernel. */
#ifndef SECEP_MONITOR_NETLINK_H
#define SECEP_MONITOR_NETLINK_H

#include "monitor/look.h"

/* Joins group GROUP (a number, not a bit) of PROTOCOL and calls HEARD with each datagram of the kernel's.
 * After an overrun (ENOBUFS), which is said once, LOST is wanted. 0 or -errno. */
int netlink_listen(struct monitor *m, int protocol, unsigned group, unsigned lost,
                   void (*heard)(struct monitor *m, const char *data, size_t len));

#endif
