/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue's reading end: notes of QUEUE_NEW become records in QUEUE_LATER, which say how often each was
 * tried and when it is next. Only names are believed of a note; records are written by us alone. */
#ifndef SECEP_INSTALLER_PENDING_H
#define SECEP_INSTALLER_PENDING_H

#include <stdint.h>

#include "lib/sys.h"

/* A try at once, and one after each of these: 1, 5 and 25 minutes. */
#define PENDING_TRIES 4
/* A fault that comes again so soon after its repair goes on with the delays, not from their start. */
#define PENDING_REMEMBERED 3600 /* seconds */

struct pending {
        int tries;
        int64_t due;  /* seconds of the epoch; 0: at once */
        int64_t done; /* when a try ended well; 0: none did, it is wanted still */
};

/* Is NAME a fault's number or a kernel's release? The number, 0 for a release, or -EINVAL. */
int pending_name(const char *name);

/* Text of a record and back. What is no record is one that is due, with one try left: not all over again,
 * and not for ever. */
char *pending_text(const struct pending *p);
struct pending pending_parse(const char *text);

/* P as it is when it is asked for (again) at NOW. */
struct pending pending_asked(const struct pending *p, int64_t now);
/* P as it has to be on disk before a try that begins at NOW. */
struct pending pending_tried(const struct pending *p, int64_t now);
bool pending_is_due(const struct pending *p, int64_t now);
/* What was repaired long enough ago is forgotten. */
bool pending_is_old(const struct pending *p, int64_t now);
/* No try is left after those of P. */
bool pending_given_up(const struct pending *p);

/* Takes all of QUEUE_NEW into QUEUE_LATER; what has no fit name is removed, since the path unit would
 * never rest. 0 or -errno with *WHY. */
int pending_take(const struct sys *sys, int64_t now, char **why);
int pending_read(const struct sys *sys, const char *name, struct pending *out);
int pending_write(const struct sys *sys, const char *name, const struct pending *p, char **why);
/* From both directories. 0 also where it is in neither. */
int pending_drop(const struct sys *sys, const char *name, char **why);

#endif
