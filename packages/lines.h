/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a file of some megabytes, one at a time out of one buffer: stdio takes several times as long. */
#ifndef SECEP_PACKAGES_LINES_H
#define SECEP_PACKAGES_LINES_H

#include "lib/sys.h"

struct lines;

/* Opens PATH. A FIFO or device is -EINVAL and not waited for, what is longer than 64 MiB is -EFBIG and not
 * read (the largest database of dpkg seen has 12). 0 or -errno. */
int lines_open(const struct sys *sys, const char *path, struct lines **out);

/* The next line without its newline, which stands until the next call; NULL at the end, or where the file can be
 * read no further. Of a line above 64 KiB the beginning. */
char *lines_next(struct lines *lines);

/* lines_next(), from the next line on that has WORD in it: the lines before are passed over at a fraction of
 * what it costs to cut them. */
char *lines_next_with(struct lines *lines, const char *word);

void lines_close(struct lines **lines);
#define _cleanup_lines_ _cleanup_(lines_close)

#endif
