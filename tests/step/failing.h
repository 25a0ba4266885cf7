/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that fail where they would have changed something. */
#ifndef SECEP_TESTS_STEP_FAILING_H
#define SECEP_TESTS_STEP_FAILING_H

#include <stdbool.h>
#include <sys/types.h>

/* The error of a NAME as errno(3) writes it, of those a call can be made to fail with; 0: none. */
int failing_error(const char *name);

/* In the child, before exec: stop at each call that may fail with ERROR. */
void failing_watch(int error);

/* At the entry of such a call: "open PATH", "rename FROM TO", ..., malloc'ed. NULL: this one does
 * not fail so (a file is opened to be read, and ERROR is of writers). */
char *failing_call(pid_t pid, int error);

/* At the entry: the call is not made, and its caller gets ERROR. */
void failing_do(pid_t pid, int error);

#endif
