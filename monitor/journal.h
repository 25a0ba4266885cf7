/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of the journal. Their MESSAGE_IDs are explained by data/catalog/. */
#ifndef SECEP_MONITOR_JOURNAL_H
#define SECEP_MONITOR_JOURNAL_H

#include "monitor/event.h"

/* Fields SECEP_FAULT, SECEP_SLUG, SECEP_EVENT, SECEP_CAUSE, SECEP_SEQ. 0 or -errno. */
int journal_event(const struct event *event);
/* The connector and we are of two minds about FAULT since ten minutes, or no longer. */
int journal_disagreement(int fault, bool disagree, bool connector_says_raised);

#endif
