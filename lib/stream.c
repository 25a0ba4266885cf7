/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pipe read from a child. */
#include "lib/stream.h"

#include <errno.h>

#include "lib/util.h"

#define LINE_MAX_KEPT ((size_t)4096)

static void stream_end_line(struct stream *s)
{
        s->line[s->line_len] = '\0';
        s->on_line(s->data, s->line);
        s->line_len = 0;
}

static void stream_lines(struct stream *s, const char *data, size_t n)
{
        if (!s->line)
                s->line = xcalloc(LINE_MAX_KEPT + 1, 1);
        for (size_t i = 0; i < n; i++) {
                if (data[i] == '\n')
                        stream_end_line(s);
                else if (s->line_len < LINE_MAX_KEPT)
                        s->line[s->line_len++] = data[i];
        }
}

static void stream_keep(struct stream *s, const char *data, size_t n)
{
        if (s->on_line)
                stream_lines(s, data, n);
        size_t room = s->max - s->len;
        if (n > room)
                n = room;
        s->text = xreallocarray(s->text, s->len + n + 1, 1);
        memcpy(s->text + s->len, data, n);
        s->len += n;
        s->text[s->len] = '\0';
}

bool stream_read(struct stream *s)
{
        char data[8192];
        for (;;) {
                ssize_t n = read(s->fd, data, sizeof(data));
                if (n > 0) {
                        stream_keep(s, data, (size_t)n);
                        continue;
                }
                if (n < 0 && errno == EINTR)
                        continue;
                return n < 0 && errno == EAGAIN;
        }
}

void stream_close(struct stream *s)
{
        if (s->fd >= 0)
                close(s->fd);
        s->fd = -1;
}

void stream_finish(struct stream *s)
{
        if (s->fd >= 0)
                stream_read(s);
        if (s->line_len > 0)
                stream_end_line(s);
        stream_close(s);
        free(s->line);
        s->line = NULL;
        if (!s->text)
                s->text = xcalloc(1, 1);
}
