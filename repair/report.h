/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report for people (a row a fault) or for programs (one JSON object,
 * docs/secep-repair.schema.json). */
#ifndef SECEP_REPAIR_REPORT_H
#define SECEP_REPAIR_REPORT_H

#include <jansson.h>
#include <stdio.h>
#include "repair/screen.h"

/* Number of docs/secep-repair.schema.json. A key may come without a new one, NEWS says which; none
 * goes or changes its meaning. */
#define JSON_SCHEMA 2

/* What every answer in JSON begins with: schema, version, time. New reference. */
json_t *json_answer_new(void);

/* EXIT_STATUS is what the program will end with. */
void report_json(const struct report *report, int exit_status, FILE *to);
/* Below the head, which is printed before the run (screen_head()). */
void report_text(const struct report *report, const struct screen *screen);

#endif
