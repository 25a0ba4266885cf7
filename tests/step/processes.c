/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/step/processes.h"

#include <signal.h>
#include "lib/util.h"

static struct process processes[4096];
static size_t n;

struct process *process_of(pid_t pid)
{
        for (size_t i = 0; i < n; i++)
                if (processes[i].pid == pid)
                        return &processes[i];
        if (n == ARRAY_SIZE(processes)) {
                fprintf(stderr, "step: too many processes\n");
                exit(125);
        }
        processes[n] = (struct process){ .pid = pid, .role = ROLE_DEEP };
        return &processes[n++];
}

void process_forget(pid_t pid)
{
        for (size_t i = 0; i < n; i++)
                if (processes[i].pid == pid) {
                        free(processes[i].after);
                        processes[i] = processes[--n];
                        return;
                }
}

struct process *process_next(struct process *p)
{
        size_t next = p ? (size_t)(p - processes) + 1 : 0;
        return next < n ? &processes[next] : NULL;
}

int signal_of(const char *name)
{
        static const struct {
                const char *name;
                int number;
        } names[] = {
                { "INT", SIGINT }, { "TERM", SIGTERM }, { "HUP", SIGHUP }, { "QUIT", SIGQUIT }
        };
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                if (streq(name, names[i].name))
                        return names[i].number;
        return 0;
}
