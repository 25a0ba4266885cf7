/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes from /proc, by the program they execute. An entry that vanishes while it is read is
 * passed over. */
#ifndef SECEP_HOST_PROCESS_H
#define SECEP_HOST_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include "lib/sys.h"

struct process {
        int pid, ppid;
        uid_t uid;      /* effective */
        uint64_t start; /* milliseconds after boot; with the pid it names one process */
};

/* The processes that execute the very file PROGRAM, in our pid and user namespaces, oldest first; *OUT is malloc'ed (NULL
 * for none). 0, -EACCES with *WHY: one of that name is there whose program we may not see, or
 * -errno with *WHY. */
int process_find(const struct sys *sys, const char *program, struct process **out, size_t *n,
                 char **why);

/* -ESRCH: it is gone. */
int process_read(const struct sys *sys, int pid, struct process *out);
/* The program of PID (malloc'ed), " (deleted)" removed. 0 or -errno. */
int process_program(const struct sys *sys, int pid, char **out);
/* The unit of the system's systemd that PID belongs to: the first part of its cgroup below slices that is
 * one. What stands below that, a user's own ssh.service below user@1001.service, is not the system's. 0,
 * -ENOENT: none, or -errno. */
int process_unit(const struct sys *sys, int pid, char **out);

/* Parses /proc/PID/stat: 0 or -EBADMSG. */
int process_parse_stat(const char *text, int *ppid, uint64_t *start_ticks);

int64_t process_age_ms(const struct process *process);
int64_t boot_ms(void); /* milliseconds since boot, sleep included */

#endif
