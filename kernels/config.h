/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration that a kernel was built with, as its package ships it, or its header
 * tree: the one reader, so that no two answers are of two configurations. */
#ifndef SECEP_KERNELS_CONFIG_H
#define SECEP_KERNELS_CONFIG_H

#include "lib/sys.h"

/* The configuration of RELEASE into *TEXT (malloc'ed): /boot/config-RELEASE, else config in
 * /lib/modules/RELEASE, else what autoconf.h of a header tree of RELEASE defines, in the same form (what is
 * off is not named there). 0, -ENOENT: none is there, or -errno. */
int kernel_config_read(const struct sys *sys, const char *release, char **text);

/* What OPTION ("BPF_EVENTS") is there: 'y', 'm', 'n' (also "is not set", and any other value), or 0
 * where no line names it. The last line counts, as for kbuild. */
char kernel_config_value(const char *text, const char *option);

#endif
