/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command the operator gave, run like env(1) runs one. */
#ifndef SECEP_INSTALLER_COMMAND_H
#define SECEP_INSTALLER_COMMAND_H

#define COMMAND_NOT_EXECUTABLE 126
#define COMMAND_NOT_FOUND 127

/* Runs ARGV with our terminal, environment and folder. SET_UP (may be NULL) runs in the child
 * first; what it returns other than 0 is *REFUSED, and then no command was run. Signals that would
 * end us (INT, TERM, HUP, QUIT) reach the command, and its end is waited for.
 * Its exit status, 128 + N when signal N ended it, or 126 or 127 with *WHY when it could not be
 * started. */
int command_run(char *const *argv, int (*set_up)(void), int *refused, char **why);

#endif
