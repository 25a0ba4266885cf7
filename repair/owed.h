/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A restart that a run owes the connector: its steps are done, and the daemon that ran by then still
 * runs, since the run was killed, or its restart failed. Each step that only a restart puts into effect
 * names that daemon in its intent; whoever has started it anew since, nothing is owed any more. */
#ifndef SECEP_REPAIR_OWED_H
#define SECEP_REPAIR_OWED_H

#include "faults/fault.h"
#include "lib/sys.h"

/* Is a step of KIND for FAULT (may be NULL) in effect only after a restart of the connector? Not what
 * tells at the next boot, nor what was prepared for a kernel that does not run. */
bool owed_by(const struct sys *sys, const struct fault *fault, enum step_kind kind);

/* The daemon that runs, "PID:START" (milliseconds after boot), into *NAME, which may have what was said
 * before: that is kept while it runs. malloc'ed; NULL where none runs. */
void owed_daemon(const struct sys *sys, char **name);

/* For which faults run ID owes a restart: 1u << id of each. 0, or -errno with *WHY: its log cannot be
 * read. */
int owed_of(const struct sys *sys, const char *id, unsigned *out, char **why);

#endif
