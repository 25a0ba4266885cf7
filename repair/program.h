/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of secep-repair: what was asked, the system it was asked of, and how it answers. */
#ifndef SECEP_REPAIR_PROGRAM_H
#define SECEP_REPAIR_PROGRAM_H

#include <stdio.h>

#include "repair/options.h"
#include "repair/session.h"
#include "repair/terminal.h"

struct program {
        struct options options;
        struct sys sys;
        char **argv;
        struct screen screen; /* on stdout, where no JSON was asked for */
};

/* Opens P->sys as P->options want it. 0 or -errno with *WHY; sys_close() when done either way. */
int program_open(struct program *p, char **why);

/* WHY on stderr, behind the program's name; gives STATUS. */
int program_complain(int status, const char *why);
/* The same for a word that changes no answer; DATA is not used. */
void program_note(void *data, const char *text);

/* A session over the faults asked for, shown on TERMINAL. */
struct session program_session(struct program *p, struct terminal *terminal,
                               const struct report *report);
/* Fills what REPORT says of the machine, and prints the head of the screen. */
void program_report_start(const struct program *p, struct report *report);
/* Prints REPORT as asked, frees it, gives STATUS. TERMINAL: NULL, or what showed the steps. */
int program_report_end(struct program *p, struct report *report, const struct terminal *terminal,
                       int status);

/* The actions: each does its whole work and gives the exit status. */
int act_check(struct program *p);
int act_plan(struct program *p);
int act_rehearse(struct program *p);
int act_watch(struct program *p);
int act_repair(struct program *p);
int act_undo(struct program *p);
int act_history(struct program *p);
int act_list(struct program *p);
int act_report(struct program *p);

/* Prints the runs there were, oldest first, as text or as {"schema":2,...,"runs":[...]}. A corrupt log
 * is one line in *WHY; the others are printed all the same, and -EBADMSG returned. */
int history_print(const struct sys *sys, bool json, FILE *to, char **why);

#endif
