/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes the stepper follows. */
#ifndef SECEP_TESTS_STEP_PROCESSES_H
#define SECEP_TESTS_STEP_PROCESSES_H

#include <stdbool.h>
#include <sys/types.h>

enum role {
        ROLE_OWN,   /* the program's own code: it, or a fork that has not executed anything */
        ROLE_CHILD, /* another program, started by its own code */
        ROLE_DEEP,  /* whatever such a child starts */
};

struct process {
        pid_t pid;
        enum role role;
        bool started; /* its first stop has been passed */
        bool born;    /* its parent's fork was seen, so its role is known */
        bool held;    /* stopped until it is: what it forks has a role that follows from its own */
        char *after;  /* the call it is in, when its end is a turn */
};

/* The process of PID, which is made where there is none, as ROLE_DEEP. Valid until the next
 * process_forget(). Too many processes end the stepper with status 125. */
struct process *process_of(pid_t pid);

void process_forget(pid_t pid);

/* The one after P, the first where P is NULL; NULL after the last. */
struct process *process_next(struct process *p);

/* INT, TERM, HUP, QUIT; 0: none of these. */
int signal_of(const char *name);

#endif
