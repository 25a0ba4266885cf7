/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter of the kernel's messages, for its socket and its test. */
#ifndef SECEP_MONITOR_MODULE_EVENTS_H
#define SECEP_MONITOR_MODULE_EVENTS_H

struct sock_fprog;

/* Of a uevent's text: passes "add@/module/..." and "remove@/module/...", and nothing else. */
extern const struct sock_fprog module_events_only;

#endif
