/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What depmod wrote down of a kernel's modules. */
#ifndef SECEP_KMOD_BUILD_INDEX_H
#define SECEP_KMOD_BUILD_INDEX_H

#include "lib/sys.h"

/* The file of MODULE by the index of RELEASE, malloc'ed; NULL where there is none. */
char *index_find(const struct sys *sys, const char *module, const char *release);

/* A file of that module that is not ours, by the index of any kernel there: another product brings
 * a module of this name. malloc'ed; NULL where there is none. */
char *index_others(const struct sys *sys, const char *module);

#endif
