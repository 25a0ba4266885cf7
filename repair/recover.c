/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cut-off runs. */
#include "repair/recover.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/json.h"
#include "lib/util.h"
#include "repair/replay.h"

#define END_MAX 128 /* an end record is shorter */

/* Does the log's last line say "end" (or "undone": an undo that came after it)? */
static int is_cut_off(const struct sys *sys, const char *id)
{
        char tail[END_MAX + 1];
        _cleanup_free_ char *path = xasprintf("%s/%s.jsonl", RUNLOG_DIR, id);
        _cleanup_close_ int fd = sys_openat_nolinks(sys, path, O_RDONLY | O_NONBLOCK, 0);
        struct stat st;
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        off_t from = st.st_size > END_MAX ? st.st_size - END_MAX : 0;
        ssize_t n = pread(fd, tail, END_MAX, from);
        if (n < 0)
                return -errno;
        tail[n] = '\0';
        if (n == 0 || tail[n - 1] != '\n')
                return 1;
        tail[n - 1] = '\0';
        char *line = strrchr(tail, '\n');
        line = line ? line + 1 : tail;
        return !startswith(line, "{\"event\":\"end\"") &&
               !startswith(line, "{\"event\":\"undone\"");
}

static int cut_off_runs(const struct sys *sys, char ***out, char **why)
{
        _cleanup_strv_ char **ids = NULL, **cut = NULL;
        int r = runlog_list(sys, &ids, why);
        if (r < 0)
                return r;
        for (char **id = ids; *id; id++) {
                r = is_cut_off(sys, *id);
                if (r < 0)
                        return fail(why, r, "%s/%s.jsonl: %s", RUNLOG_DIR, *id, strerror(-r));
                if (r > 0)
                        strv_add(&cut, *id);
        }
        *out = TAKE_PTR(cut);
        return 0;
}

int recover_needed(const struct sys *sys, char **why)
{
        _cleanup_strv_ char **cut = NULL;
        int r = cut_off_runs(sys, &cut, why);
        return r < 0 ? r : cut != NULL;
}

static const char *settle_step(const struct change *c, const struct replay_step *s, int *r,
                               char **why)
{
        if (s->kind->flags & KIND_TEMPORARY) {
                *r = s->kind->revert(c, s->undo, why);
                return "reverted";
        }
        /* What only the running system can answer is taken as done: undo puts back what is there.
         */
        bool asked = c->sys->live || !(s->kind->flags & KIND_LIVE);
        *r = asked ? s->kind->happened(c, s->undo, why) : 1;
        return *r > 0 ? "done" : "not-done";
}

static int settle_run(const struct sys *sys, int lock_fd, const char *id, char **why)
{
        _cleanup_replay_ struct replay replay = { 0 };
        _cleanup_runlog_ struct runlog *log = NULL;
        int r = runlog_reopen(sys, id, &log, why);
        if (r == 0)
                r = replay_read(sys, id, &replay, why);
        for (size_t i = replay.n; r >= 0 && i > 0; i--) {
                const struct replay_step *s = &replay.steps[i - 1];
                bool temporary = s->kind->flags & KIND_TEMPORARY;
                if (s->state != REPLAY_BEGUN && !(temporary && s->state == REPLAY_DONE))
                        continue;
                struct change c = {
                        .sys = sys, .step = &s->step, .log = log, .run = id, .lock_fd = lock_fd
                };
                const char *state = settle_step(&c, s, &r, why);
                if (r >= 0)
                        r = runlog_append(log,
                                          json_pack("{s:s, s:I, s:s}", "event", "settled", "step",
                                                    (json_int_t)s->number, "state", state),
                                          why);
        }
        if (r < 0)
                return fail(why, r, "%s/%s.jsonl: %s", RUNLOG_DIR, id, strerror(-r));
        /* 3: how that run would have ended cannot be told. */
        return runlog_append(
                log, json_pack("{s:s, s:i, s:b}", "event", "end", "exit", 3, "cut_off", 1), why);
}

int recover_all(const struct sys *sys, int lock_fd, char ***settled, char **why)
{
        _cleanup_strv_ char **cut = NULL;
        int r = cut_off_runs(sys, &cut, why);
        for (char **id = cut; r == 0 && id && *id; id++)
                r = settle_run(sys, lock_fd, *id, why);
        if (r == 0)
                *settled = TAKE_PTR(cut);
        return r;
}
