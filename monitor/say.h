/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's own words, and the clock of what it tells. */
#ifndef SECEP_MONITOR_SAY_H
#define SECEP_MONITOR_SAY_H

#include "lib/util.h"

/* For people and the journal, after the name of the program; in the language of a person who asked
 * (lib/i18n.h), English in the journal. */
void monitor_say(const char *fmt, ...) PRINTF(1, 2);

int64_t epoch_ms(void);

#endif
