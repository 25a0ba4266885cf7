/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sd_journal_send(3), with the ids of the catalog. */
#include "monitor/journal.h"

#include <syslog.h>
#include <systemd/sd-journal.h>

#include "lib/clean.h"

/* A raised and a cleared of each fault, so that `journalctl -x` explains just that. */
static const struct {
        int fault;
        const char *raised, *cleared;
} ids[] = {
        { 5, "5ecefa0500a14c0e9d1b6a7f3c2e8d05", "5ecefa0500c14c0e9d1b6a7f3c2e8d05" },
        { 6, "5ecefa0600a14c0e9d1b6a7f3c2e8d06", "5ecefa0600c14c0e9d1b6a7f3c2e8d06" },
        { 7, "5ecefa0700a14c0e9d1b6a7f3c2e8d07", "5ecefa0700c14c0e9d1b6a7f3c2e8d07" },
        { 8, "5ecefa0800a14c0e9d1b6a7f3c2e8d08", "5ecefa0800c14c0e9d1b6a7f3c2e8d08" },
        { 9, "5ecefa0900a14c0e9d1b6a7f3c2e8d09", "5ecefa0900c14c0e9d1b6a7f3c2e8d09" },
        { 11, "5ecefa1100a14c0e9d1b6a7f3c2e8d11", "5ecefa1100c14c0e9d1b6a7f3c2e8d11" },
        { 16, "5ecefa1600a14c0e9d1b6a7f3c2e8d16", "5ecefa1600c14c0e9d1b6a7f3c2e8d16" },
        { 18, "5ecefa1800a14c0e9d1b6a7f3c2e8d18", "5ecefa1800c14c0e9d1b6a7f3c2e8d18" },
        { 19, "5ecefa1900a14c0e9d1b6a7f3c2e8d19", "5ecefa1900c14c0e9d1b6a7f3c2e8d19" },
};
#define ID_DISAGREE "5ecefad100a14c0e9d1b6a7f3c2e8dd1"
#define ID_AGREE "5ecefad100c14c0e9d1b6a7f3c2e8dd1"

static const char *id_of(const struct event *event)
{
        for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
                if (ids[i].fault == event->fault)
                        return event->what == TRANSITION_RAISED ? ids[i].raised : ids[i].cleared;
        return ID_DISAGREE;
}

int journal_event(const struct event *event)
{
        const struct fault *fault = fault_by_id(event->fault);
        _cleanup_free_ char *why = text_clean(event->why ? event->why : "");
        return sd_journal_send(
                "MESSAGE=fault %d (%s) %s: %s", event->fault, fault->summary,
                transition_name(event->what), why, "MESSAGE_ID=%s", id_of(event), "PRIORITY=%d",
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
