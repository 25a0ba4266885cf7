/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes and records. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

#include "faults/fault.h"
#include "installer/pending.h"
#include "installer/queue.h"
#include "kernels/release.h"
#include "lib/edit.h"
#include "lib/json.h"

#define RECORD_MAX 4096
#define CLOCK_WENT_BACK 1800 /* seconds: no delay of ours is so long */

static const int delays[PENDING_TRIES] = { 60, 5 * 60, 25 * 60, 0 };

int pending_name(const char *name)
{
        long n;
        if (parse_long(name, 1, 1000, &n) == 0)
                return fault_by_id((int)n) ? (int)n : -EINVAL;
        return *name >= '0' && *name <= '9' && release_check(name, NULL) == 0 ? 0 : -EINVAL;
}

char *pending_text(const struct pending *p)
{
        return xasprintf("{\"tries\":%d,\"due\":%lld,\"done\":%lld}\n", p->tries, (long long)p->due,
                         (long long)p->done);
}

struct pending pending_parse(const char *text)
{
        _cleanup_json_ json_t *j = json_loads(text, 0, NULL);
        const json_t *tries = json_object_get(j, "tries"), *due = json_object_get(j, "due"),
                     *done = json_object_get(j, "done");
        json_int_t n = json_integer_value(tries);
        if (!json_is_integer(tries) || !json_is_integer(due) || !json_is_integer(done) || n < 0 ||
            n > PENDING_TRIES)
                return (struct pending){ .tries = PENDING_TRIES - 1 };
        return (struct pending){ (int)n, json_integer_value(due), json_integer_value(done) };
}

bool pending_is_old(const struct pending *p, int64_t now)
{
        return p->done && (now - p->done >= PENDING_REMEMBERED || p->done > now);
}

struct pending pending_asked(const struct pending *p, int64_t now)
{
        if (!p->done) /* wanted already: its delay goes on */
                return *p;
        if (pending_is_old(p, now))
                return (struct pending){ 0 };
        int tries = p->tries < PENDING_TRIES ? p->tries : PENDING_TRIES - 1;
        return (struct pending){ .tries = tries, .due = now + (tries ? delays[tries - 1] : 0) };
}

struct pending pending_tried(const struct pending *p, int64_t now)
{
        int delay = p->tries < PENDING_TRIES ? delays[p->tries] : 0;
        return (struct pending){ .tries = p->tries + 1, .due = now + delay };
}

bool pending_is_due(const struct pending *p, int64_t now)
{
        return !p->done && (p->due <= now || p->due > now + CLOCK_WENT_BACK);
}

bool pending_given_up(const struct pending *p)
{
        return p->tries >= PENDING_TRIES;
}

static char *record_path(const char *name)
{
        return xasprintf("%s/%s", QUEUE_LATER, name);
}

int pending_read(const struct sys *sys, const char *name, struct pending *out)
{
        _cleanup_free_ char *path = record_path(name), *text = NULL;
        int r = sys_read_nolinks(sys, path, RECORD_MAX, &text, NULL);
        if (r == -ENOENT)
                return r;
        *out = pending_parse(r < 0 ? "" : text);
        return 0;
}

int pending_write(const struct sys *sys, const char *name, const struct pending *p, char **why)
{
        _cleanup_free_ char *path = record_path(name), *text = pending_text(p);
        int r = sys_mkdirs(sys, QUEUE_LATER, 0700);
        if (r < 0)
                return fail(why, r, "%s: %s", QUEUE_LATER, error_text(-r));
        return edit_replace(sys, path, text, strlen(text), 0600, why);
}

int pending_drop(const struct sys *sys, const char *name, char **why)
{
        _cleanup_free_ char *later = record_path(name), *note = xasprintf("%s/%s", QUEUE_NEW, name);
        int r = edit_remove(sys, note, why);
        if (r < 0 && r != -ENOENT)
                return r;
        r = edit_remove(sys, later, why);
        return r == -ENOENT ? 0 : r;
}

/* The record before the note goes: killed between, it is asked for twice. */
static int take_one(const struct sys *sys, const char *name, int64_t now, char **why)
{
        struct pending p = { 0 };
        if (pending_name(name) < 0)
                return 0;
        if (pending_read(sys, name, &p) == 0)
                p = pending_asked(&p, now);
        return pending_write(sys, name, &p, why);
}

int pending_take(const struct sys *sys, int64_t now, char **why)
{
        _cleanup_closedir_ DIR *dir = NULL;
        int r = sys_opendir(sys, QUEUE_NEW, &dir), worst = 0;
        if (r < 0)
                return r == -ENOENT ? 0 : fail(why, r, "%s: %s", QUEUE_NEW, error_text(-r));
        for (struct dirent *e; (e = readdir(dir));) {
                if (streq(e->d_name, ".") || streq(e->d_name, ".."))
                        continue;
                r = take_one(sys, e->d_name, now, why);
                worst = r < 0 ? r : worst;
                if (r == 0 && unlinkat(dirfd(dir), e->d_name, 0) < 0)
                        unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
        }
        return worst;
}
