/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pipe read from a child: what is kept of it, whole lines handed on. For lib/run.c only. */
#ifndef SECEP_LIB_STREAM_H
#define SECEP_LIB_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct stream {
        int fd;
        char *text; /* what is kept, at most MAX bytes, a 0 byte after the last */
        size_t len, max;
        char *line; /* the line not finished yet */
        size_t line_len;
        void (*on_line)(void *, const char *);
        void *data;
};

/* Reads what is there (the fd does not block); false at the end of the stream. */
bool stream_read(struct stream *s);
void stream_close(struct stream *s);
/* Reads what is left, hands on the last line, closes; text is then set. */
void stream_finish(struct stream *s);

#endif
