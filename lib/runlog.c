/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run log, written. */
#include "lib/runlog.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <time.h>

#include "lib/io.h"
#include "lib/json.h"
#include "lib/resolve.h"
#include "lib/runlog_files.h"
#include "lib/util.h"

#define KEPT_MAX ((size_t)64 << 20) /* bytes of a file kept for undo: a policy is below 10 MiB */

struct runlog {
        const struct sys *sys;
        char *id;
        char *path;    /* of the file that is written */
        unsigned file; /* its number */
        int fd;
        size_t size; /* of it, in bytes */
        unsigned kept;
};

static int oops(char **why, int r, const char *path)
{
        return fail(why, r, "%s: %s", path, error_text(-r));
}

/* Sorts by time: 20261122-203015-123456-4f2a. */
static char *id_new(void)
{
        struct timespec t;
        struct tm tm;
        unsigned short n = 0;
        char day[32] = "";
        clock_gettime(CLOCK_REALTIME, &t);
        strftime(day, sizeof(day), "%Y%m%d-%H%M%S", gmtime_r(&t.tv_sec, &tm));
        (void)!getrandom(&n, sizeof(n), 0);
        return xasprintf("%s-%06ld-%04x", day, t.tv_nsec / 1000, n);
}

static int sync_dir(const struct sys *sys, const char *path)
{
        _cleanup_close_ int dir = sys_openat_nolinks(sys, path, O_RDONLY | O_DIRECTORY, 0);
        if (dir < 0)
                return dir;
        return fsync(dir) < 0 ? -errno : 0;
}

static struct runlog *runlog_new(const struct sys *sys, const char *id, unsigned file, int fd)
{
        struct runlog *log = xcalloc(1, sizeof(*log));
        off_t size = lseek(fd, 0, SEEK_END);
        *log = (struct runlog){ .sys = sys,
                                .id = xstrdup(id),
                                .path = runlog_file_path(id, file),
                                .file = file,
                                .fd = fd,
                                .size = size > 0 ? (size_t)size : 0 };
        return log;
}

void runlog_close(struct runlog *log)
{
        if (!log)
                return;
        close(log->fd);
        free(log->id);
        free(log->path);
        free(log);
}

const char *runlog_id(const struct runlog *log)
{
        return log->id;
}

static json_t *begin_record(const char *id, char *const *argv)
{
        json_t *words = json_array();
        for (; *argv; argv++)
                json_array_append_new(words, json_text_new(*argv));
        return json_pack("{s:s, s:s, s:I, s:s, s:o}", "event", "begin", "run", id, "time",
                         (json_int_t)time(NULL), "version", VERSION, "argv", words);
}

int runlog_begin(const struct sys *sys, char *const *argv, struct runlog **out, char **why)
{
        int r = sys_mkdirs(sys, RUNLOG_DIR, 0700);
        if (r < 0)
                return oops(why, r, RUNLOG_DIR);
        _cleanup_free_ char *id = id_new();
        _cleanup_free_ char *path = runlog_file_path(id, 1);
        int fd = sys_openat_nolinks(sys, path, O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0600);
        if (fd < 0)
                return oops(why, fd, path);
        _cleanup_runlog_ struct runlog *log = runlog_new(sys, id, 1, fd);
        r = runlog_append(log, begin_record(id, argv), why);
        if (r == 0 && (r = sync_dir(sys, RUNLOG_DIR)) < 0)
                oops(why, r, RUNLOG_DIR);
        if (r < 0) {
                /* Nothing was done under this log: an empty one would only puzzle. */
                const char *name;
                _cleanup_close_ int dir =
                        resolve_parent(sys->root_fd, path, RESOLVE_LINKS_NONE, &name);
                if (dir >= 0)
                        unlinkat(dir, name, 0);
                return r;
        }
        *out = TAKE_PTR(log);
        return 0;
}

/* Cuts a torn last line off: it was never acted on. */
static int cut_torn(int fd)
{
        off_t size = lseek(fd, 0, SEEK_END);
        char c;
        off_t end = size;
        while (end > 0 && pread(fd, &c, 1, end - 1) == 1 && c != '\n')
                end--;
        return end < size && ftruncate(fd, end) < 0 ? -errno : 0;
}

/* Files kept by an earlier life of the run are not overwritten. */
static unsigned count_kept(const struct sys *sys, const char *id)
{
        _cleanup_free_ char *path = xasprintf("%s/%s.files", RUNLOG_DIR, id);
        _cleanup_closedir_ DIR *dir = NULL;
        unsigned n = 0;
        if (sys_opendir(sys, path, &dir) < 0)
                return 0;
        while (readdir(dir))
                n++;
        return n;
}

int runlog_reopen(const struct sys *sys, const char *id, struct runlog **out, char **why)
{
        if (!runlog_id_is_valid(id))
                return fail(why, -EINVAL, "%s: not a run id, --history lists them", id);
        int files = runlog_file_count(sys, id);
        _cleanup_free_ char *path = runlog_file_path(id, files > 0 ? (unsigned)files : 1);
        int fd = files < 0 ? files : runlog_file_open(sys, path, O_RDWR | O_APPEND);
        int r = fd < 0 ? fd : cut_torn(fd);
        if (r < 0) {
                if (fd >= 0)
                        close(fd);
                return fail(why, r, "%s: %s", path, sys_why(r));
        }
        _cleanup_runlog_ struct runlog *log = runlog_new(sys, id, (unsigned)files, fd);
        log->kept = count_kept(sys, id);
        *out = TAKE_PTR(log);
        return 0;
}

/* The file is as long as it may become: the next one. */
static int next_file(struct runlog *log, char **why)
{
        _cleanup_free_ char *path = runlog_file_path(log->id, log->file + 1);
        int fd = sys_openat_nolinks(log->sys, path, O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0600);
        int r = fd < 0 ? fd : sync_dir(log->sys, RUNLOG_DIR);
        if (r < 0) {
                if (fd >= 0)
                        close(fd);
                return oops(why, r, path);
        }
        close(log->fd);
        free(log->path);
        log->fd = fd;
        log->path = TAKE_PTR(path);
        log->file++;
        log->size = 0;
        return 0;
}

int runlog_append(struct runlog *log, json_t *record, char **why)
{
        _cleanup_json_ json_t *owned = record;
        _cleanup_free_ char *text = json_dumps(owned, JSON_COMPACT);
        if (!text)
                return oops(why, -EINVAL, log->path);
        size_t len = strlen(text);
        if (len > RUNLOG_RECORD_MAX)
                return fail(why, -EFBIG, "%s: a record of %zu bytes is longer than it may be",
                            log->path, len);
        int r = log->size > 0 && log->size + len >= RUNLOG_FILE_MAX ? next_file(log, why) : 0;
        if (r < 0)
                return r;
        text[len] = '\n'; /* the record is written in one call, its end of line last */
        r = io_write_all(log->fd, text, len + 1);
        if (r == 0 && fsync(log->fd) < 0)
                r = -errno;
        log->size += len + 1;
        return r < 0 ? oops(why, r, log->path) : 0;
}

int runlog_keep(struct runlog *log, const void *data, size_t len, char **name, char **why)
{
        _cleanup_free_ char *dir = xasprintf("%s/%s.files", RUNLOG_DIR, log->id);
        _cleanup_free_ char *file = xasprintf("%u", ++log->kept);
        _cleanup_free_ char *path = xasprintf("%s/%s", dir, file);
        if (len > KEPT_MAX)
                return fail(why, -EFBIG, "%s: %zu bytes are more than is kept for undo", path, len);
        int r = sys_mkdirs(log->sys, dir, 0700);
        if (r < 0)
                return oops(why, r, dir);
        _cleanup_close_ int fd =
                sys_openat_nolinks(log->sys, path, O_WRONLY | O_CREAT | O_EXCL, 0600);
        r = fd < 0 ? fd : io_write_all(fd, data, len);
        if (r == 0 && fsync(fd) < 0)
                r = -errno;
        if (r == 0)
                r = sync_dir(log->sys, dir);
        if (r < 0)
                return oops(why, r, path);
        *name = TAKE_PTR(file);
        return 0;
}

int runlog_kept(const struct sys *sys, const char *id, const char *name, char **data, size_t *len,
                char **why)
{
        long number;
        if (!runlog_id_is_valid(id) || !name || parse_long(name, 1, 1000000, &number) < 0)
                return fail(why, -EINVAL, "%s/%s: not the name of a kept file", id,
                            name ? name : "");
        _cleanup_free_ char *path = xasprintf("%s/%s.files/%ld", RUNLOG_DIR, id, number);
        int r = sys_read_nolinks(sys, path, KEPT_MAX, data, len);
        return r < 0 ? oops(why, r, path) : 0;
}

static int compare_ids(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

int runlog_list(const struct sys *sys, char ***ids, char **why)
{
        _cleanup_strv_ char **list = xcalloc(1, sizeof(char *));
        _cleanup_closedir_ DIR *dir = NULL;
        int r = sys_opendir(sys, RUNLOG_DIR, &dir);
        if (r < 0 && r != -ENOENT)
                return oops(why, r, RUNLOG_DIR);
        size_t n = 0;
        for (struct dirent *e; dir && (e = readdir(dir));) {
                char *ending = strrchr(e->d_name, '.');
                if (!ending || !streq(ending, RUNLOG_ENDING))
                        continue;
                *ending = '\0';
                if (runlog_id_is_valid(e->d_name)) {
                        strv_add(&list, e->d_name);
                        n++;
                }
        }
        qsort(list, n, sizeof(char *), compare_ids);
        *ids = TAKE_PTR(list);
        return 0;
}
