/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What outlives the daemon: /var/lib/secep/state.json, whole-file replaced. Events that are not yet in
 * the log stand in it too, so that a process killed between the two loses and doubles none. */
#ifndef SECEP_MONITOR_STORE_H
#define SECEP_MONITOR_STORE_H

#include "monitor/event.h"

#define STATE_DIR "/var/lib/secep"
#define STATE_FILE STATE_DIR "/state.json"
#define STATE_SCHEMA 1

struct store {
        struct states states;
        struct event_list waiting; /* told to nobody for sure */
        uint64_t seq;              /* of the last event */
};
void store_init(struct store *store);
void store_free(struct store *store);

/* As text, malloc'ed, and back: conditions become what is kept. -EBADMSG with *WHY for what is no state
 * (truncated, no JSON, another form), -EPROTONOSUPPORT for a newer schema; STORE is as store_init() left
 * it then. A fault we do not know is dropped and named in *NOTE (malloc'ed). A time after NOW is NOW. */
char *store_text(const struct store *store);
int store_parse(struct store *store, const char *text, size_t len, int64_t now, char **note,
                char **why);

/* From and to the file. A file that cannot be used is moved to state.json.bad and the events log gone on
 * from; *NOTE says it (NULL: nothing to say). Never fails: without either all is unknown. */
void store_load(const struct sys *sys, struct store *store, int64_t now, char **note);
int store_save(const struct sys *sys, const struct store *store, char **why);

#endif
