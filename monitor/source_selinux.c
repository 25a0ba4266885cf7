/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy loaded, enforcing set: the message is ahead of the status page, and the look asks the kernel. */
#include <linux/netlink.h>
#include <linux/selinux_netlink.h>

#include "monitor/netlink.h"
#include "monitor/source.h"

static void heard(struct monitor *m, const char *data, size_t len)
{
        (void)data, (void)len;
        monitor_want(m, LOOK(19) | LOOK(8) | LOOK(9));
}

int source_selinux(struct monitor *m)
{
        static const struct netlink_ear ear = {
                NETLINK_SELINUX, SELNLGRP_AVC, LOOK_ALL, NULL, heard,
        };
        return netlink_listen(m, &ear);
}
