/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run logs, read. */
#include "lib/runlog_read.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/json.h"
#include "lib/runlog_files.h"
#include "lib/util.h"

#define CHUNK_FIRST 4096 /* holds the begin record of most runs: all that is asked of an old one */
#define CHUNK ((size_t)64 << 10)

struct runlog_reader {
        const struct sys *sys;
        char *id;
        char *path; /* of the file that is open */
        unsigned file, line;
        int fd;
        char *buf;
        size_t at, len, size; /* what is unread of it: buf[at..len) */
        off_t base;           /* where buf[0] stands in the file */
};

/* The file NUMBER of the run: -ENOENT where it has fewer. */
static int file_open(struct runlog_reader *r, unsigned number, char **why)
{
        _cleanup_free_ char *path = runlog_file_path(r->id, number);
        int fd = runlog_file_open(r->sys, path, O_RDONLY);
        if (fd < 0)
                return fail(why, fd, "%s: %s", path, sys_why(fd));
        if (r->fd >= 0)
                close(r->fd);
        free(r->path);
        r->path = TAKE_PTR(path);
        r->fd = fd;
        r->file = number;
        r->line = 0;
        r->at = r->len = 0;
        r->base = 0;
        return 0;
}

int runlog_open(const struct sys *sys, const char *id, struct runlog_reader **out, char **why)
{
        if (!runlog_id_is_valid(id))
                return fail(why, -EINVAL, "%s: not a run id, --history lists them", id);
        _cleanup_runlog_reader_ struct runlog_reader *r = xcalloc(1, sizeof(*r));
        *r = (struct runlog_reader){ .sys = sys, .id = xstrdup(id), .fd = -1 };
        int error = file_open(r, 1, why);
        if (error < 0)
                return error;
        *out = TAKE_PTR(r);
        return 0;
}

void runlog_reader_close(struct runlog_reader *r)
{
        if (!r)
                return;
        if (r->fd >= 0)
                close(r->fd);
        free(r->id);
        free(r->path);
        free(r->buf);
        free(r);
}

char *runlog_place_name(const struct runlog_reader *r, const struct runlog_place *place)
{
        _cleanup_free_ char *path = runlog_file_path(r->id, place->file);
        return xasprintf("%s:%u", path, place->line);
}

/* Room for more at the end of the buffer; what was read is dropped. */
static void make_room(struct runlog_reader *r)
{
        if (r->len > r->at) /* no buffer yet: nothing to keep */
                memmove(r->buf, r->buf + r->at, r->len - r->at);
        r->base += (off_t)r->at;
        r->len -= r->at;
        r->at = 0;
        if (r->len < r->size)
                return;
        r->size = r->size == 0 ? CHUNK_FIRST : r->size < CHUNK ? CHUNK : r->size * 2;
        r->buf = xreallocarray(r->buf, r->size, 1);
}

/* Bytes that were added, 0 at the end of the file, -errno. */
static ssize_t read_more(struct runlog_reader *r, char **why)
{
        ssize_t n;
        if (r->len - r->at > RUNLOG_RECORD_MAX)
                return fail(why, -EBADMSG, "%s:%u: longer than a record of a run log may be",
                            r->path, r->line + 1);
        make_room(r);
        do
                n = pread(r->fd, r->buf + r->len, r->size - r->len, r->base + (off_t)r->len);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return fail(why, -errno, "%s: %s", r->path, error_text(errno));
        r->len += (size_t)n;
        return n;
}

static int parse(const char *text, size_t len, json_t **record)
{
        json_t *j = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_object(j) || !json_text(j, "event")) {
                json_decref(j);
                return -EBADMSG;
        }
        *record = j;
        return 0;
}

static int take_line(struct runlog_reader *r, const char *eol, json_t **record,
                     struct runlog_place *place, char **why)
{
        const char *line = r->buf + r->at;
        struct runlog_place here = { .file = r->file,
                                     .line = ++r->line,
                                     .at = r->base + (off_t)r->at,
                                     .len = (size_t)(eol - line) };
        r->at += here.len + 1;
        if (parse(line, here.len, record) < 0)
                return fail(why, -EBADMSG, "%s:%u: not a run log record", r->path, r->line);
        if (place)
                *place = here;
        return 1;
}

/* At the end of a file: 1 with the next one open, 0: there is none. Only the last may be torn. */
static int next_file(struct runlog_reader *r, char **why)
{
        bool torn = r->at < r->len;
        unsigned line = r->line + 1;
        _cleanup_free_ char *path = xstrdup(r->path), *gone = NULL;
        int error = file_open(r, r->file + 1, &gone);
        if (error == -ENOENT)
                return 0;
        if (error < 0)
                return fail(why, error, "%s", gone);
        return torn ? fail(why, -EBADMSG, "%s:%u: not a run log record", path, line) : 1;
}

int runlog_next(struct runlog_reader *r, json_t **record, struct runlog_place *place, char **why)
{
        size_t seen = 0;
        for (;;) {
                size_t there = r->len - r->at;
                const char *eol =
                        there > seen ? memchr(r->buf + r->at + seen, '\n', there - seen) : NULL;
                if (eol)
                        return take_line(r, eol, record, place, why);
                seen = there;
                ssize_t n = read_more(r, why);
                if (n < 0)
                        return (int)n;
                if (n > 0)
                        continue;
                int more = next_file(r, why);
                if (more <= 0)
                        return more;
                seen = 0;
        }
}

int runlog_at(struct runlog_reader *r, const struct runlog_place *place, json_t **record,
              char **why)
{
        if (place->file != r->file) {
                int error = file_open(r, place->file, why);
                if (error < 0)
                        return error;
        }
        _cleanup_free_ char *text = xcalloc(place->len + 1, 1);
        ssize_t n = pread(r->fd, text, place->len, place->at);
        if (n != (ssize_t)place->len || parse(text, place->len, record) < 0)
                return fail(why, n < 0 ? -errno : -EBADMSG, "%s:%u: changed while it was read",
                            r->path, place->line);
        return 0;
}

int runlog_time(const struct sys *sys, const char *id, time_t *out, char **why)
{
        _cleanup_runlog_reader_ struct runlog_reader *r = NULL;
        _cleanup_json_ json_t *record = NULL;
        int error = runlog_open(sys, id, &r, why);
        if (error == 0)
                error = runlog_next(r, &record, NULL, why);
        if (error < 0)
                return error;
        *out = (time_t)json_integer_value(json_object_get(record, "time"));
        return 0;
}

int64_t runlog_size(const struct sys *sys, const char *id)
{
        int64_t bytes = 0;
        for (unsigned number = 1;; number++) {
                struct stat st;
                _cleanup_free_ char *path = runlog_file_path(id, number);
                int r = sys_lstat_nolinks(sys, path, &st);
                if (r == -ENOENT && number > 1)
                        return bytes;
                if (r < 0)
                        return r;
                bytes += st.st_size;
        }
}
