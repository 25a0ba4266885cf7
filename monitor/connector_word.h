/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the connector itself says, beside what we see. The daemon runs no program: secep-ampcli.service
 * asks `ampcli` and leaves the answer in /run/secep/connector/word.json. */
#ifndef SECEP_MONITOR_CONNECTOR_WORD_H
#define SECEP_MONITOR_CONNECTOR_WORD_H

#include <jansson.h>

#include "monitor/condition.h"
#include "repair/wait.h"

#define WORD_DIR "/run/secep/connector"
#define WORD_NAME "word.json"
#define CONNECTOR_WORD WORD_DIR "/" WORD_NAME
#define CONNECTOR_ASK MONITOR_ASK
#define WORD_FRESH_MS ((int64_t)11 * 60 * 1000) /* it is asked every five minutes; one may fail */
#define DISAGREE_MS ((int64_t)10 * 60 * 1000)
#define WORD_IDS 64

struct connector_word {
        int64_t time; /* of the answer, milliseconds of the epoch; 0: none */
        bool degraded;
        int ids[WORD_IDS];
        size_t n;
        struct {
                int64_t since; /* 0: of one mind */
                bool told, fresh_told, connector_raised;
        } differs[FAULTS_COUNT];
};

/* The file's answer, where there is one that is new; else what was. */
void connector_word_read(const struct sys *sys, struct connector_word *word);
/* TEXT of the file: 0 or -EBADMSG with WORD untouched. */
int connector_word_parse(const char *text, size_t len, struct connector_word *word);
bool connector_word_names(const struct connector_word *word, int fault);
bool connector_word_fresh(const struct connector_word *word, int64_t when);

/* What only the connector knows, into a finding that says "not asked": faults 8, 9 and 18. */
void connector_word_judge(const struct connector_word *word, const struct fault *fault,
                          int64_t when, struct finding *f);

/* For faults.json: {"time":...,"degraded":...,"ids":[...],"disagree":[...]} or null. */
json_t *connector_word_json(const struct connector_word *word);
void connector_word_ask(const struct sys *sys);

/* Compares. How many faults are to be told of: of two minds for DISAGREE_MS, or no longer. A stale word
 * or a condition that is not known is no disagreement. */
int disagreement_check(struct connector_word *word, const struct states *states, int64_t now);
void disagreement_tell(struct connector_word *word);

/* secep-monitord --ask-connector: asks and writes the file. Exit status. */
int connector_word_ask_now(struct sys *sys);

#endif
