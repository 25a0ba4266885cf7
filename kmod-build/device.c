/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The proof through a module's device: an event made on purpose comes out of it. */
#include "kmod-build/device.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "lib/i18n.h"
#include "lib/run.h"

#define TRIES 5
#define TRY_MS 400
#define CHILD_LIMIT_MS 2000
#define BUFFER ((size_t)1 << 18) /* the ring of one CPU */

const struct amp_record *device_record(const void *data, size_t len, size_t at)
{
        const struct amp_record *r = (const void *)((const char *)data + at);
        if (len - at < sizeof(*r) || r->size < sizeof(*r) || r->size % 8 || r->size > len - at ||
            r->type < AMP_LOST || r->type > AMP_CLOSE)
                return NULL;
        return r;
}

bool device_event_is(const struct amp_record *record, enum monitor monitor,
                     const struct event_maker *m)
{
        return record->type == (monitor == MONITOR_FILE ? AMP_RENAME : AMP_CONNECT) &&
               strncmp(record->comm, m->name, AMP_COMM) == 0;
}

static int find(const void *data, size_t len, enum monitor monitor, const struct event_maker *m)
{
        for (size_t at = 0; at < len;) {
                const struct amp_record *r = device_record(data, len, at);
                if (!r)
                        return -EBADMSG;
                if (device_event_is(r, monitor, m))
                        return 1;
                at += r->size;
        }
        return 0;
}

int device_await(int fd, enum monitor monitor, const struct event_maker *m, int64_t until)
{
        _cleanup_free_ char *buf = xcalloc(BUFFER, 1);
        for (int64_t left; (left = until - now_ms()) > 0;) {
                struct pollfd p = { .fd = fd, .events = POLLIN };
                if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
                        return -errno;
                ssize_t n = read(fd, buf, BUFFER);
                if (n < 0 && (errno == EAGAIN || errno == EINTR))
                        continue;
                if (n <= 0)
                        return n < 0 ? -errno : -EPIPE;
                int r = find(buf, (size_t)n, monitor, m);
                if (r != 0)
                        return r;
        }
        return 0;
}

struct job {
        enum monitor monitor;
        struct event_maker maker;
};

static int make_in_child(void *data, int fd)
{
        struct job *job = data;
        (void)fd;
        event_maker_begin(&job->maker);
        return -event_make(job->monitor);
}

static int make(struct job *job)
{
        const struct run_child child = { .fn = make_in_child,
                                         .data = job,
                                         .timeout_ms = CHILD_LIMIT_MS,
                                         .die_with_parent = true };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = run_child(&child, &result);
        return r < 0 ? r : result.timed_out ? -ETIMEDOUT : -result.status;
}

/* On a busy machine a record may find no room: the event is made again. */
static int make_and_await(int fd, enum monitor monitor)
{
        struct job job = { .monitor = monitor };
        int r = 0;
        event_maker_name(&job.maker);
        for (int i = 0; i < TRIES && r == 0; i++) {
                r = make(&job);
                if (r == 0)
                        r = device_await(fd, monitor, &job.maker, now_ms() + TRY_MS);
        }
        return r;
}

static const struct {
        int r;
        enum proof_refusal refusal;
        const char *why;
} meanings[] = {
        { -ENOENT, REFUSED_NO_DEVICE, N_("the module has no device") },
        { -ENXIO, REFUSED_NO_DEVICE, N_("nothing is behind it") },
        { -ENODEV, REFUSED_NO_DEVICE, N_("nothing is behind it") },
        { -EBUSY, REFUSED_BUSY, N_("another program reads it") },
        { -EACCES, REFUSED_UNPRIVILEGED, N_("only root may read it") },
        { -EBADMSG, REFUSED_NOT_OURS, N_("what it returns are not our records") },
        { -EPIPE, REFUSED_NOT_OURS, N_("it reports an end of file, which our device never does") },
        { -ENODATA, REFUSED_NO_EVENT, N_("the event did not arrive") },
};

static void explain(const char *path, struct proof *p)
{
        for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
                if (meanings[i].r == p->error) {
                        p->refusal = meanings[i].refusal;
                        p->why = xasprintf("%s: %s", path, _(meanings[i].why));
                        return;
                }
        p->refusal = REFUSED_OTHER;
        p->why = xasprintf("%s: %s", path, error_text(-p->error));
}

int module_prove(const struct sys *sys, enum monitor monitor, const char *module, struct proof *out,
                 char **why)
{
        _cleanup_free_ char *path = xasprintf("/dev/%s", module);
        struct proof p = { .step = PROOF_OPEN };
        if (!sys->live)
                return fail(why, -EOPNOTSUPP, "a root that is not running has no device to read");
        _cleanup_close_ int fd =
                sys_openat(sys, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, 0);
        int r = fd;
        if (fd >= 0) {
                p.step = PROOF_EVENT;
                r = make_and_await(fd, monitor);
        }
        p.seen = fd >= 0 && r == 1;
        p.error = p.seen ? 0 : r == 0 ? -ENODATA : r;
        if (p.seen) {
                p.step = PROOF_DONE;
                p.type = xstrdup("module");
                p.why = xstrdup("");
        } else {
                explain(path, &p);
        }
        *out = p;
        return 0;
}
