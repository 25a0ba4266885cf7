/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file changes whole or not at all: a temporary beside it with the same owner, mode, xattrs and
 * SELinux label, fsync, rename, fsync of the directory. A crash leaves the old file or the new one,
 * and at worst a temporary named .secep-XXXXXX, which edit_sweep() removes. */
#ifndef SECEP_LIB_EDIT_H
#define SECEP_LIB_EDIT_H

#include "lib/sys.h"

/* Replaces PATH by DATA. Where PATH is absent it is made root's with mode MODE (else MODE is not
 * looked at); its directory must be there. A symlink at PATH itself is -ELOOP, anything but a
 * regular file -EINVAL. 0 or -errno with *WHY naming the file: -EPERM for an immutable file (also
 * where only the directory is), -EROFS, -ENOSPC, ... and nothing changed. */
int edit_replace(const struct sys *sys, const char *path, const void *data, size_t len, mode_t mode,
                 char **why);

/* unlink(2) and fsync of the directory; 0 also when it is not there. */
int edit_remove(const struct sys *sys, const char *path, char **why);

/* Gives the file TO owner, mode, xattrs and SELinux label of FROM. 0 or -errno. */
int edit_copy_metadata(int from, int to);

/* Removes temporaries of a killed edit from directory DIR. 0 or -errno. */
int edit_sweep(const struct sys *sys, const char *dir);

#endif
