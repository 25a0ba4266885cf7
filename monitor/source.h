/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An event source: a file that says, by monitor_want(), which faults are to be looked at again. */
#ifndef SECEP_MONITOR_SOURCE_H
#define SECEP_MONITOR_SOURCE_H

#include "monitor/look.h"

struct source_kind {
        const char *name;
        /* Adds itself to M->loop, which owns it from then on. 0 or -errno: this host has no such events;
         * the minute timer and the hourly look stand in. */
        int (*start)(struct monitor *m);
};

/* Starts each source of the table in source.c; what a host lacks is said once. */
void sources_start(struct monitor *m);

int source_files(struct monitor *m); /* inotify */
/* Reads secep.conf again, and watches what it names now. */
void source_files_settings(struct monitor *m);
/* Not everything could be watched: tried again. */
void source_files_again(void);
int source_modules(struct monitor *m);   /* kernel uevents */
int source_selinux(struct monitor *m);   /* SELinux's netlink notices */
int source_processes(struct monitor *m); /* the daemon and the scan process */
int source_unit(struct monitor *m);      /* the connector's unit, by systemd's bus */
/* The bus went away, or secep.conf names another unit: listened to again. Nothing where neither is so. */
void source_unit_again(void);
/* A process of the connector may be about to start: looked for in short steps. */
void source_processes_soon(void);
/* Whether one began or ended is looked at now: what changed is wanted. */
void source_processes_look(void);
int source_clock(
        struct monitor
                *m); /* each minute what makes no event and the watchdog, each hour everything */
int source_signals(struct monitor *m);

#endif
