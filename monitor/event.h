/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One transition on its way out, and /var/log/secep/events.jsonl, where each stands once. */
#ifndef SECEP_MONITOR_EVENT_H
#define SECEP_MONITOR_EVENT_H

#include <jansson.h>

#include "monitor/condition.h"

#define EVENTS_DIR "/var/log/secep"
#define EVENTS_LOG EVENTS_DIR "/events.jsonl"
#define EVENTS_OLD EVENTS_LOG ".1" /* what logrotate makes of it */

struct event {
        uint64_t seq; /* names the event, over restarts */
        int64_t time; /* milliseconds of the epoch */
        int fault;
        enum transition what;
        char *cause, *why; /* NULL: none */
        bool in_journal;   /* by this process */
};

struct event_list {
        struct event *all; /* oldest first */
        size_t n;
};
void event_list_add(struct event_list *events, const struct event *event); /* texts are copied */
void event_list_drop_first(struct event_list *events);
void event_list_free(struct event_list *events);

/* {"schema":1,"seq":...,"time":...,"fault":...,"slug":...,"event":"raised",...}. New reference. */
json_t *event_json(const struct event *event);
/* The reverse, texts malloc'ed: 0 or -EBADMSG (also of a fault we do not know). */
int event_from_json(const json_t *j, struct event *out);

/* Appends EVENT unless the log (or the one rotated away) has its number already: a process that was
 * killed may have written it. What another left half written is ended by a newline first; a line of ours
 * that the disk has no room for is taken back. 0 or -errno. */
int event_log_append(const struct sys *sys, const struct event *event);

/* The last event of each fault in the log into STATES (kept, cause, since) and the highest number
 * into *SEQ: what to go on from where the state file is lost. Only what is readable counts. */
void event_log_recover(const struct sys *sys, struct states *states, uint64_t *seq);

#endif
