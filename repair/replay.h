/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run log read back as steps of kinds we know. Shared by undo, recovery and history. Only the
 * places of the intents are kept; a step is read when it is asked for, so that a run of a million
 * steps is no burden. */
#ifndef SECEP_REPAIR_REPLAY_H
#define SECEP_REPAIR_REPLAY_H

#include "faults/plan.h"
#include "lib/runlog_steps.h"
#include "repair/kind.h"

struct replay {
        char *id;
        struct runlog_reader *reader;
        struct runlog_steps log;
};

/* 0, or -errno with *WHY: what runlog_open() says; -EBADMSG for records that make no sense. */
int replay_read(const struct sys *sys, const char *id, struct replay *out, char **why);
void replay_free(struct replay *replay);
#define _cleanup_replay_ _cleanup_(replay_free)

struct replay_step {
        long number;
        enum runlog_state state;
        const struct kind *kind;
        struct step step; /* strings owned by record */
        json_t *undo;     /* owned by record */
        json_t *record;
};

/* Step INDEX of the run. 0, or -errno with *WHY; replay_step_free() when done. */
int replay_step_read(const struct replay *replay, size_t index, struct replay_step *out,
                     char **why);
void replay_step_free(struct replay_step *step);
#define _cleanup_replay_step_ _cleanup_(replay_step_free)

#endif
