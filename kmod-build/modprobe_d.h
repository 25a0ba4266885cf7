/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What modprobe.d and the kernel's command line forbid. */
#ifndef SECEP_KMOD_BUILD_MODPROBE_D_H
#define SECEP_KMOD_BUILD_MODPROBE_D_H

#include "lib/sys.h"

/* Where MODULE is forbidden: "FILE:LINE: the line", or the word of the command line; malloc'ed.
 * NULL: nowhere. A file of the same name in an earlier directory hides a later one. */
char *modprobe_forbids(const struct sys *sys, const char *module);

/* Is MODULE in the list LISTS of the kernel's command line ("module_blacklist")? */
char *cmdline_forbids(const struct sys *sys, const char *module);

#endif
