/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory and disk: what is there, and who holds most. */
#ifndef SECEP_HOST_MEMORY_H
#define SECEP_HOST_MEMORY_H

#include "lib/sys.h"

/* MemAvailable of /proc/meminfo in bytes. 0 or -errno. */
int memory_available(const struct sys *sys, int64_t *out);

/* "NAME (pid N) 123 MiB, ..." of the three processes using most memory memory, malloc'ed. */
char *memory_holders(const struct sys *sys);

/* Bytes free for others than root on the file system of PATH (of its nearest parent that is there).
 * 0 or -errno. */
int disk_available(const struct sys *sys, const char *path, int64_t *out);

#endif
