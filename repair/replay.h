/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run log read back: its steps and how far each came. Shared by undo, recovery and history. */
#ifndef SECEP_REPAIR_REPLAY_H
#define SECEP_REPAIR_REPLAY_H

#include "faults/plan.h"
#include "lib/runlog.h"
#include "repair/kind.h"

enum replay_state {
        REPLAY_BEGUN, /* intent without outcome: the run was cut off there */
        REPLAY_DONE,
        REPLAY_FAILED, /* may have had part of its effect */
        REPLAY_NOT_DONE,
        REPLAY_UNDONE,
};

struct replay_step {
        long number;
        const struct kind *kind;
        struct step step; /* strings owned by records */
        json_t *undo;     /* owned by records */
        enum replay_state state;
};

struct replay {
        char *id;
        json_t *records;
        struct replay_step *steps;
        size_t n;
        bool ended; /* its last word was "end" */
        int exit;
        long time; /* seconds since 1970; 0: not known */
};

/* 0, or -errno with *WHY: what runlog_read() says; -EBADMSG for records that make no sense. */
int replay_read(const struct sys *sys, const char *id, struct replay *out, char **why);
void replay_free(struct replay *replay);
#define _cleanup_replay_ _cleanup_(replay_free)

#endif
