/* SPDX-License-Identifier: GPL-2.0-or-later */
/* faults.json and the lock. */
#include "monitor/snapshot.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/io.h"
#include "lib/json.h"
#include "monitor/monitor.h"
#include "monitor/say.h"

int run_replace(const struct sys *sys, const char *dir, const char *name, const char *text,
                char **why)
{
        _cleanup_free_ char *temporary = xasprintf(".%s.new", name);
        int r = sys_mkdirs(sys, dir, 0755);
        if (r < 0)
                return fail(why, r, "%s: %s", dir, error_text(-r));
        _cleanup_close_ int at = sys_openat_nolinks(sys, dir, O_RDONLY | O_DIRECTORY, 0);
        if (at < 0)
                return fail(why, at, "%s: %s", dir, error_text(-at));
        (void)unlinkat(at, temporary, 0);
        _cleanup_close_ int fd =
                openat(at, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
        r = fd < 0 ? -errno : io_write_all(fd, text, strlen(text));
        if (r == 0 && (fchmod(fd, 0644) < 0 || renameat(at, temporary, at, name) < 0))
                r = -errno;
        return r < 0 ? fail(why, r, "%s/%s: %s", dir, name, error_text(-r)) : 0;
}

static json_t *fault_json(const struct fault_state *s)
{
        return json_pack("{s:i, s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:I}", "id", s->fault->id,
                         "slug", s->fault->slug, "condition", condition_name(s->condition),
                         "verdict", verdict_name(s->verdict), "cause", json_text_new(s->cause),
                         "why", json_text_new(s->why), "since", (json_int_t)s->since, "count",
                         (json_int_t)s->raises, "looked", (json_int_t)s->looked);
}

int snapshot_write(struct monitor *m, char **why)
{
        _cleanup_json_ json_t *j = json_pack("{s:i, s:s, s:I, s:i, s:I, s:[], s:o}", "schema", 1,
                                             "version", VERSION, "time", (json_int_t)epoch_ms(),
                                             "pid", (int)getpid(), "looks", (json_int_t)m->looks,
                                             "faults", "connector", connector_word_json(&m->word));
        for (size_t i = 0; i < FAULTS_COUNT; i++)
                json_array_append_new(json_object_get(j, "faults"),
                                      fault_json(&m->store.states.of[i]));
        _cleanup_free_ char *text = json_dumps(j, JSON_INDENT(1) | JSON_ENSURE_ASCII);
        return run_replace(m->sys, RUN_DIR, "faults.json", text, why);
}

/* A record lock, not flock(2): a look asks children, which would hold the lock of a daemon that was killed
 * for as long as they take to end, and the next daemon would be refused. */
int monitor_lock(const struct sys *sys)
{
        struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
        int r = sys_mkdirs(sys, RUN_DIR, 0755);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = sys_openat_nolinks(sys, MONITOR_LOCK, O_RDWR | O_CREAT, 0600);
        if (fd < 0)
                return fd;
        if (fchmod(fd, 0600) < 0) /* who may read it may lock it */
                return -errno;
        if (fcntl(fd, F_SETLK, &whole) < 0)
                return errno == EACCES ? -EAGAIN : -errno;
        return TAKE_FD(fd);
}
