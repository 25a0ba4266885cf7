/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens in the child, between fork and exec. For lib/child.c and lib/door.c. */
#ifndef SECEP_LIB_CHILD_EXEC_H
#define SECEP_LIB_CHILD_EXEC_H

#include <sys/types.h>
#include "lib/run.h"

struct start {
        const struct run *run;      /* a program */
        const struct run_child *fn; /* or a function */
        pid_t parent;
        int out, err, exec_error; /* pipes to the parent */
};

/* Neither returns. A failure before exec is written to exec_error as one int, a -errno. */
_Noreturn void child_program(const struct start *s);
_Noreturn void child_function(const struct start *s);

/* After unshare(CLONE_NEWPID) in a child: goes on in a process of the new namespace, below its
 * init, which reaps what is left to it; the calling process holds no descriptor any more and ends
 * as the new one ends. Returns 0 in the new process, or -errno. */
int child_split(void);

#endif
