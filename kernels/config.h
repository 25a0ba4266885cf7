/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration that a kernel was built with, as its package ships it. */
#ifndef SECEP_KERNELS_CONFIG_H
#define SECEP_KERNELS_CONFIG_H

#include "lib/sys.h"

/* The configuration of RELEASE into *TEXT (malloc'ed): /boot/config-RELEASE, else config in
 * /lib/modules/RELEASE. 0, -ENOENT: neither is there, or -errno. */
int kernel_config_read(const struct sys *sys, const char *release, char **text);

/* What OPTION ("BPF_EVENTS") is there: 'y', 'm', 'n' (also "is not set", and any other value), or 0
 * where no line names it. The last line counts, as for kbuild. */
char kernel_config_value(const char *text, const char *option);

#endif
