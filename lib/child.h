/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child process: forked, confined to what it was handed, waited for. For lib/run.c only. */
#ifndef SECEP_LIB_CHILD_H
#define SECEP_LIB_CHILD_H

#include <sys/types.h>
#include "lib/run.h"
#include "lib/stream.h"

struct child {
        pid_t pid;
        int exec_error; /* the pipe on which the child says why it could not start */
        struct stream out, err;
};

/* Forks; the child runs the program of RUN, or FN where RUN is NULL. c->out and c->err keep their
 * settings and get their fds. 0 or -errno. */
int child_start(const struct run *run, const struct run_child *fn, struct child *c);

/* 0 once the child runs; what it said otherwise (it is reaped then). */
int child_started(struct child *c);

struct child_limits {
        int64_t timeout_ms; /* 0: none */
        bool group;         /* its whole process group is killed */
        bool obeys;         /* killed as soon as we are asked to stop */
};
struct child_cut {
        bool timed_out, stopped;
};

/* Waits for the child, reading its streams, and returns its wait status; past its limits it is
 * killed, which *CUT says. A grandchild that keeps a stream open does not keep us. */
int child_wait(struct child *c, const struct child_limits *limits, struct child_cut *cut);

#endif
