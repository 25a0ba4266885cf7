/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stand-in: the lines of `ampcli status` about faults. */
#ifndef SECEP_TESTS_STATUS_H
#define SECEP_TESTS_STATUS_H

#include <stdbool.h>
#include <stdio.h>

#define FAULT_MAX 20

/* Those whose id is raised; nothing where none is. */
void faults_write(FILE *f, const bool raised[FAULT_MAX]);

#endif
