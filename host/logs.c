/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tail of a log. */
#include "host/logs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>

#include "lib/util.h"

static void tell_line(const char *from, size_t len, log_line line, void *data)
{
        char text[LOG_LINE_MAX + 1];
        size_t n = len < LOG_LINE_MAX ? len : LOG_LINE_MAX;

        if (n && from[n - 1] == '\r')
                n--;
        for (size_t i = 0; i < n; i++)
                text[i] = iscntrl((unsigned char)from[i]) && from[i] != '\t' ? '?' : from[i];
        text[n] = 0;
        line(data, text);
}

void log_lines(const char *text, size_t len, bool whole, log_line line, void *data)
{
        const char *end = text + len;

        if (!whole) {
                const char *first = memchr(text, '\n', len);

                text = first ? first + 1 : text;
        }
        while (text < end) {
                const char *stop = memchr(text, '\n', (size_t)(end - text));

                stop = stop ? stop : end;
                if (stop > text)
                        tell_line(text, (size_t)(stop - text), line, data);
                text = stop + 1;
        }
}

static ssize_t read_tail(int fd, off_t from, char *buf, size_t size)
{
        size_t n = 0;

        while (n < size) {
                ssize_t got = pread(fd, buf + n, size - n, from + (off_t)n);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -errno;
                if (got == 0)
                        break;
                n += (size_t)got;
        }
        return (ssize_t)n;
}

int log_tail(const struct sys *sys, const char *path, log_line line, void *data)
{
        _cleanup_close_ int fd = sys_openat_nolinks(sys, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
        _cleanup_free_ char *buf = NULL;
        struct stat st;
        ssize_t n;
        off_t from;

        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        from = st.st_size > (off_t)LOG_TAIL_MAX ? st.st_size - (off_t)LOG_TAIL_MAX : 0;
        buf = xcalloc(LOG_TAIL_MAX, 1);
        n = read_tail(fd, from, buf, LOG_TAIL_MAX);
        if (n < 0)
                return (int)n;
        log_lines(buf, (size_t)n, from == 0, line, data);
        return 0;
}
