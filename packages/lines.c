/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines out of one buffer. */
#include "packages/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/util.h"

#define LINE_SIZE ((size_t)64 * 1024)
#define FILE_LIMIT ((off_t)64 << 20)

struct lines {
        int fd;
        size_t at, fill;
        bool cut; /* what was returned last has a rest, which is nobody's line */
        char text[LINE_SIZE];
};

int lines_open(const struct sys *sys, const char *path, struct lines **out)
{
        _cleanup_close_ int fd = sys_openat(sys, path, O_RDONLY | O_NONBLOCK, 0);
        struct stat st;
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        if (st.st_size > FILE_LIMIT)
                return -EFBIG;
        struct lines *lines =
                xreallocarray(NULL, 1, sizeof(*lines)); /* not zeroed: it is read into */
        lines->at = lines->fill = 0;
        lines->cut = false;
        lines->fd = TAKE_FD(fd);
        *out = lines;
        return 0;
}

void lines_close(struct lines **lines)
{
        if (*lines)
                close((*lines)->fd);
        free(*lines);
        *lines = NULL;
}

/* Reads on behind what is not taken; false: there is no more, or no room for it. */
static bool read_on(struct lines *l)
{
        memmove(l->text, l->text + l->at, l->fill - l->at);
        l->fill -= l->at;
        l->at = 0;
        ssize_t got;
        do
                got = read(l->fd, l->text + l->fill, LINE_SIZE - 1 - l->fill);
        while (got < 0 && errno == EINTR);
        if (got <= 0)
                return false;
        l->fill += (size_t)got;
        return true;
}

/* Where the line ends that begins at l->at, with as much of the file as that takes; NULL: nothing is left. */
static char *line_end(struct lines *l)
{
        size_t seen = 0;
        char *end;
        while (!(end = memchr(l->text + l->at + seen, '\n', l->fill - l->at - seen))) {
                seen = l->fill - l->at;
                if (read_on(l))
                        continue;
                return l->fill > 0 ? l->text + l->fill : NULL;
        }
        return end;
}

char *lines_next(struct lines *l)
{
        for (char *end; (end = line_end(l));) {
                char *line = l->text + l->at;
                bool rest = l->cut, whole = end < l->text + l->fill;
                l->cut = !whole && l->fill == LINE_SIZE - 1;
                l->at = whole ? (size_t)(end - l->text) + 1 : l->fill;
                *end = '\0';
                if (!rest)
                        return line;
        }
        return NULL;
}

char *lines_next_with(struct lines *l, const char *word)
{
        for (;;) {
                char *from = l->text + l->at;
                char *found = memmem(from, l->fill - l->at, word, strlen(word));
                char *end = found ? found : l->text + l->fill;
                char *before = memrchr(from, '\n', (size_t)(end - from));
                if (before) {
                        l->at = (size_t)(before - l->text) + 1;
                        l->cut = false;
                }
                if (found)
                        return lines_next(l);
                if (l->at == 0 &&
                    l->fill == LINE_SIZE - 1) { /* of what is longer, the rest is nobody's */
                        l->cut = true;
                        l->at = l->fill;
                }
                if (!read_on(l))
                        return NULL;
        }
}
