/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The monitor as plain data: what it knows, and what it is asked. */
#ifndef SECEP_MONITOR_MONITOR_H
#define SECEP_MONITOR_MONITOR_H

#include <systemd/sd-event.h>

#include "monitor/connector_word.h"
#include "monitor/store.h"

/* A set of faults: bit N is fault N. */
#define LOOK(id) (1u << (id))
#define LOOK_ALL ~0u
#define LOOK_KERNEL (LOOK(8) | LOOK(9) | LOOK(11) | LOOK(16))

#define DEBOUNCE_MS 50
#define SECONDS_BUCKETS 8

/* Of secep_probe_seconds. */
struct probe_times {
        uint64_t buckets[SECONDS_BUCKETS], count;
        double sum;
};

struct monitor {
        struct sys *sys;
        sd_event *loop;
        struct sd_bus *bus; /* systemd's, NULL: not to be had */
        struct store store;
        struct connector_word word; /* the connector's own, by secep-ampcli.service */
        struct probe_times times[FAULTS_COUNT];
        unsigned wanted;           /* asked for since the last look */
        sd_event_source *debounce; /* armed while WANTED is not empty */
        sd_event_source *again;    /* armed once a look could not tell */
        unsigned blind; /* events of these are not all to be had: looked at each minute */
        uint64_t looks;
        int lock;           /* on MONITOR_LOCK; negative: /run could not be written, tried again */
        bool quiet;         /* --until-clear: nothing is written, transitions are printed */
        char *trouble;      /* what could not be written, said once until it is another or none */
        char *conf_trouble; /* the same of secep.conf */
        /* Called after each look with the faults that were looked at; returns whether to go on. */
        bool (*after_look)(struct monitor *m, unsigned looked);
        void *data;
};

#endif
