/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A netlink socket that only listens to the kernel. */
#ifndef SECEP_MONITOR_NETLINK_H
#define SECEP_MONITOR_NETLINK_H

#include "monitor/look.h"

struct sock_fprog; /* linux/filter.h */

struct netlink_ear {
        int protocol;
        unsigned group; /* a number, not a bit */
        unsigned lost;  /* faults that are wanted after an overrun (ENOBUFS), which is said once */
        /* What the kernel is to queue, NULL: everything. A kernel that refuses it queues everything. */
        const struct sock_fprog *filter;
        void (*heard)(struct monitor *m, const char *data, size_t len);
};

/* Joins EAR's group and calls HEARD with each datagram of the kernel's. EAR is kept. 0 or -errno. */
int netlink_listen(struct monitor *m, const struct netlink_ear *ear);

#endif
