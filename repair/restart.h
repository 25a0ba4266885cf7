/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a repair: the connector sets up its monitors only when it starts, so a run that mended
 * one of them ends with one restart of its service, where that is active, and with its own word. */
#ifndef SECEP_REPAIR_RESTART_H
#define SECEP_REPAIR_RESTART_H

#include "repair/apply.h"
#include "repair/outcome.h"

/* Restarts the connector's service once when a step of a fault that asks for it was done, asks
 * ampcli until those faults are gone there, and writes both into the outcomes. */
void restart_connector(struct work *work, struct report *report);

/* Adds the restart that would end the plans in REPORT. */
void restart_plan(const struct sys *sys, struct report *report);

#endif
