/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel modules loaded and removed. */
#include <linux/filter.h>
#include <linux/netlink.h>

#include "monitor/later.h"
#include "monitor/module_events.h"
#include "monitor/netlink.h"
#include "monitor/source.h"

#define KERNEL_GROUP 1
#define STILL_LISTED_MS 100 /* "remove" is told up to 30 ms before /proc/modules follows */

/* Four characters at AT: on to the next test, or NO tests further to "drop". */
#define IS_TEXT(at, a, b, c, d, no)                                                                \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at)),                                                  \
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,                                                \
                         (uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d), 0,  \
                         (no))

/* Other devices come and go all the time, and none of them is to wake the daemon. A datagram too short
 * for a load is dropped. */
static struct sock_filter module_events[] = {
        IS_TEXT(0, 'a', 'd', 'd', '@', 5),     IS_TEXT(4, '/', 'm', 'o', 'd', 12),
        IS_TEXT(8, 'u', 'l', 'e', '/', 10),    BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        IS_TEXT(0, 'r', 'e', 'm', 'o', 7),     IS_TEXT(4, 'v', 'e', '@', '/', 5),
        IS_TEXT(8, 'm', 'o', 'd', 'u', 3),     IS_TEXT(11, 'u', 'l', 'e', '/', 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX), BPF_STMT(BPF_RET | BPF_K, 0),
};
const struct sock_fprog module_events_only = { ARRAY_SIZE(module_events), module_events };

/* "add@/module/NAME\0ACTION=add\0...": the kernel may not have taken the filter. */
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
        static const struct netlink_ear ear = {
                NETLINK_KOBJECT_UEVENT, KERNEL_GROUP, LOOK_ALL, &module_events_only, heard,
        };
        return netlink_listen(m, &ear);
}
