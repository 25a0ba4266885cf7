/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 sums that the operator gives, in the form of sha256sum(1): what --offline-sums names. And who
 * may change a file of the host that a decision rests on. */
#ifndef SECEP_LIB_SUMS_H
#define SECEP_LIB_SUMS_H

#include <stdbool.h>
#include <sys/stat.h>

struct sums;

/* Reads FILE of the host, a line "SUM  NAME" or "SUM *NAME" each: 64 hexadecimal digits and the name of
 * one file, without a directory. Empty lines are passed over. *OUT to be freed by sums_free().
 * 0, or -errno with *WHY naming file and line: -EINVAL another form, no sum at all, or two sums of one
 * name; -EFBIG longer than 1 MiB; -EPERM as only_root_changes(). */
int sums_read(const char *file, struct sums **out, char **why);
void sums_free(struct sums *sums); /* NULL too */

/* The sum of NAME, 64 lower-case digits, or NULL: not named (SUMS may be NULL). Owned by SUMS. */
const char *sums_of(const struct sums *sums, const char *name);

/* The SHA-256 sum of the file at FD from its first byte on, as 64 digits. 0 or -errno. */
int sum_of_file(int fd, char hex[65]);

/* Of the host's PATH (absolute, no symlink in it): can somebody else than root, or than who runs this,
 * change it, or put another in its place? 0: no; -EPERM with *WHY: yes, or another -errno. */
int only_root_changes(const char *path, char **why);
/* The same of one file alone, by what fstat(2) says of it. A folder with the sticky bit is no way in. */
bool only_root_writes(const struct stat *st);

#endif
