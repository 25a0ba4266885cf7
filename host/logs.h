/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a log file that anybody may have written: bounded, no symlink followed, any bytes. */
#ifndef SECEP_HOST_LOGS_H
#define SECEP_HOST_LOGS_H

#include <stddef.h>
#include "lib/sys.h"

#define LOG_TAIL_MAX ((size_t)256 * 1024)
#define LOG_LINE_MAX ((size_t)4096)

/* Called for each line, oldest first: cut at LOG_LINE_MAX, bytes that are no text shown as '?'. */
typedef void (*log_line)(void *data, const char *line);

/* The lines of TEXT; WHOLE: it begins at the start of the file, so its first line is one too. */
void log_lines(const char *text, size_t len, bool whole, log_line line, void *data);

/* The lines in the last LOG_TAIL_MAX bytes of PATH. 0, -ENOENT, -EINVAL (no regular file), -ELOOP
 * or -errno. */
int log_tail(const struct sys *sys, const char *path, log_line line, void *data);

#endif
