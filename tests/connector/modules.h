/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stand-in: the kernel's release (switch KERNELS_REFUSED), its modules as the daemon's monitors
 * (switch BY_MODULES). */
#ifndef SECEP_TESTS_MODULES_H
#define SECEP_TESTS_MODULES_H

#include <stdbool.h>

struct modules {
        int device[2];          /* files, network; -1: no such monitor (8, 9) */
        unsigned long bytes[2]; /* that each told of */
        bool headers;           /* were there at the start (11) */
};

/* Fault 16, by the pattern in the switch's file. */
bool kernel_refused(void);

void modules_open(struct modules *m);
/* Takes what the devices have. */
void modules_read(struct modules *m);

#endif
