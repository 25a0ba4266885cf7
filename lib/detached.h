/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file system in memory that is mounted nowhere: whoever has its descriptor works in it, and it is
 * gone with the last one. By fsopen(2) and its like, Linux 5.2. */
#ifndef SECEP_LIB_DETACHED_H
#define SECEP_LIB_DETACHED_H

/* Makes one that holds at most BYTES and FILES; its top is root's, mode 0700. A descriptor for
 * openat(2), or -errno: -ENOSYS where the kernel is older, -EPERM where it grants none. */
int detached_make(unsigned long long bytes, unsigned long files);
/* Mounts it onto the directory AT, in this process's mount namespace. Once. 0 or -errno. */
int detached_attach(int mount, int at);

#endif
