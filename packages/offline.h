/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Package files that the operator gives (--offline): which of them are taken. Each has to be what the
 * operator's sums (--offline-sums) say; one that these do not name is for the plug-in to judge, by the
 * package lists or the keys of this system. */
#ifndef SECEP_PACKAGES_OFFLINE_H
#define SECEP_PACKAGES_OFFLINE_H

#include "lib/sys.h"

#ifdef __cplusplus
extern "C" {
#endif
/* Opens NAME of the open directory DIR, into *FD, and its sum into HEX. 1: the operator's sums say the
 * same; 0: they do not name it; or -errno with *WHY naming PATH: -EBADMSG it is another file than they
 * say, or no regular file (a symlink is none), -EPERM others than root can change it. */
int offline_open(const struct sys *sys, int dir, const char *name, const char *path, int *fd,
                 char hex[65], char **why);
/* Nobody vouches for PATH: -EBADMSG with *WHY, with LISTS, a translated "no ...". */
int offline_refuse(const char *path, const char *lists, char **why);
#ifdef __cplusplus
}
#endif

#endif
