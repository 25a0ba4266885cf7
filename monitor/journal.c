/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sd_journal_send(3), with the ids of the catalog. */
#include "monitor/journal.h"

#include <syslog.h>
#include <systemd/sd-journal.h>

#include "lib/clean.h"

/* A raised and a cleared of each fault, so that `journalctl -x` explains just that: the number is
 * part of the id, which the catalog spells out. */
#define ID_RAISED "5ecefa%02d00a14c0e9d1b6a7f3c2e8d%02d"
#define ID_CLEARED "5ecefa%02d00c14c0e9d1b6a7f3c2e8d%02d"
#define ID_DISAGREE "5ecefad100a14c0e9d1b6a7f3c2e8dd1"
#define ID_AGREE "5ecefad100c14c0e9d1b6a7f3c2e8dd1"

static char *id_of(const struct event *event)
{
        if (event->what == TRANSITION_RAISED)
                return xasprintf(ID_RAISED, event->fault, event->fault);
        return xasprintf(ID_CLEARED, event->fault, event->fault);
}

int journal_event(const struct event *event)
{
        const struct fault *fault = fault_by_id(event->fault);
        _cleanup_free_ char *why = text_clean(event->why ? event->why : ""), *id = id_of(event);
        return sd_journal_send(
                "MESSAGE=fault %d (%s) %s: %s", event->fault, fault->summary,
                transition_name(event->what), why, "MESSAGE_ID=%s", id, "PRIORITY=%d",
                event->what == TRANSITION_RAISED ? LOG_ERR : LOG_NOTICE,
                "SYSLOG_IDENTIFIER=secep-monitord", "SECEP_FAULT=%d", event->fault, "SECEP_SLUG=%s",
                fault->slug, "SECEP_EVENT=%s", transition_name(event->what), "SECEP_CAUSE=%s",
                event->cause ? event->cause : "", "SECEP_SEQ=%llu", (unsigned long long)event->seq,
                NULL);
}

int journal_disagreement(int fault, bool disagree, bool connector_says_raised)
{
        return sd_journal_send("MESSAGE=fault %d: the connector says %s, secep sees %s%s", fault,
                               connector_says_raised ? "raised" : "cleared",
                               connector_says_raised == disagree ? "cleared" : "raised",
                               disagree ? ", for ten minutes now" : "", "MESSAGE_ID=%s",
                               disagree ? ID_DISAGREE : ID_AGREE, "PRIORITY=%d",
                               disagree ? LOG_WARNING : LOG_NOTICE,
                               "SYSLOG_IDENTIFIER=secep-monitord", "SECEP_FAULT=%d", fault,
                               "SECEP_EVENT=%s", disagree ? "disagreement" : "agreement", NULL);
}
