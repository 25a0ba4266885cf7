/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a run and how far each came: what its log means, told once for all who ask. */
#ifndef SECEP_LIB_RUNLOG_STEPS_H
#define SECEP_LIB_RUNLOG_STEPS_H

#include "lib/runlog_read.h"

enum runlog_state {
        RUNLOG_BEGUN, /* intent without outcome: the run was cut off there */
        RUNLOG_DONE,
        RUNLOG_FAILED, /* may have had part of its effect */
        RUNLOG_NOT_DONE,
        RUNLOG_UNDONE,
};

struct runlog_step {
        long number;
        enum runlog_state state;
        int error;                   /* of RUNLOG_FAILED: the errno, 0: not known */
        struct runlog_place intent;  /* its record */
        struct runlog_place outcome; /* the last that holds an "undo" besides; file 0: none */
};

struct runlog_steps {
        struct runlog_step *steps; /* numbers ascend */
        size_t n;
        bool ended;               /* there was an "end" */
        int exit;                 /* as that says */
        time_t time;              /* when it was begun; 0: not known */
        struct runlog_place here; /* of the record that is read; of the last in the end */
};

/* Reads all of READER. ON_INTENT (may be NULL) is told of each intent as it comes; less than 0 from
 * it ends the reading as a record that makes no sense. 0, or -errno with *WHY: -EBADMSG
 * "FILE:LINE: ...". */
int runlog_steps_read(struct runlog_reader *reader, int (*on_intent)(void *, const json_t *intent),
                      void *data, struct runlog_steps *out, char **why);
void runlog_steps_free(struct runlog_steps *steps);
#define _cleanup_runlog_steps_ _cleanup_(runlog_steps_free)

#endif
