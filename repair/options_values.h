/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of secep-repair whose values are judged. All: 0, or -EINVAL with *WHY naming the flag. */
#ifndef SECEP_REPAIR_OPTIONS_VALUES_H
#define SECEP_REPAIR_OPTIONS_VALUES_H

#include "repair/options.h"

/* --fault: numbers and names, with commas between them. */
int option_fault(struct options *o, const char *value, char **why);
int option_kernel(struct options *o, const char *value, char **why);
int option_allow(struct options *o, const char *value, char **why);
/* VALUE of FLAG has to be a directory of the host. */
int option_directory(const char *flag, const char *value, char **why);

#endif
