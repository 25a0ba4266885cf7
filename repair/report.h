/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report for people (a line a fault, colour on a terminal) or for programs (one JSON object,
 * docs/secep-repair.schema.json). */
#ifndef SECEP_REPAIR_REPORT_H
#define SECEP_REPAIR_REPORT_H

#include <stdio.h>
#include "repair/outcome.h"

/* EXIT_STATUS is what the program will end with. */
void report_json(const struct report *report, int exit_status, FILE *to);
void report_text(const struct report *report, bool colour, FILE *to);

/* NO_COLOR is unset and TO is a terminal. */
bool report_wants_colour(FILE *to);

#endif
