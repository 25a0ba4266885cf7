/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A look after the look: of what an event is ahead of (a module that goes is still listed). */
#ifndef SECEP_MONITOR_LATER_H
#define SECEP_MONITOR_LATER_H

#include "monitor/look.h"

/* Once, after MS milliseconds. */
void look_later(struct monitor *m, unsigned faults, unsigned ms);

#endif
