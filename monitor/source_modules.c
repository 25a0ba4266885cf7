/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules loaded and removed. */
#include <linux/netlink.h>

#include "monitor/later.h"
#include "monitor/netlink.h"
#include "monitor/source.h"

#define KERNEL_GROUP 1
#define STILL_LISTED_MS 100 /* "remove" is told up to 30 ms before /proc/modules follows */

/* "add@/module/NAME\0ACTION=add\0...": other devices come and go all the time. */
static void heard(struct monitor *m, const char *data, size_t len)
{
        const char *at = memchr(data, '@', len);
        if (!at || !startswith(at, "@/module/"))
                return;
        monitor_want(m, LOOK(8) | LOOK(9));
        if (startswith(data, "remove"))
                look_later(m, LOOK(8) | LOOK(9), STILL_LISTED_MS);
}

int source_modules(struct monitor *m)
{
        return netlink_listen(m, NETLINK_KOBJECT_UEVENT, KERNEL_GROUP, LOOK_ALL, heard);
}
