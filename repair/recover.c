/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cut-off runs. */
#include "repair/recover.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/runlog_files.h"
#include "lib/util.h"
#include "repair/owed.h"
#include "repair/replay.h"

#define END_MAX 128 /* an end record is shorter */

/* Does the log's last line say "end" (or "undone": an undo that came after it), and owes nothing? */
static int is_cut_off(const struct sys *sys, const char *id)
{
        char tail[END_MAX + 1];
        int files = runlog_file_count(sys, id);
        _cleanup_free_ char *path = runlog_file_path(id, files > 0 ? (unsigned)files : 1);
        _cleanup_close_ int fd = files < 0 ? files : runlog_file_open(sys, path, O_RDONLY);
        struct stat st;
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
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
        if (startswith(line, "{\"event\":\"end\""))
                return strstr(line, "\"owed\":true") != NULL;
        return !startswith(line, "{\"event\":\"undone\"");
}

static int cut_off_runs(const struct sys *sys, char ***out, char **why)
{
        _cleanup_strv_ char **ids = NULL, **cut = NULL;
        int r = runlog_list(sys, &ids, why);
        if (r < 0)
                return r;
        for (char **id = ids; *id; id++) {
                if (is_cut_off(sys, *id) != 0) /* what cannot be read is told when it is settled */
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
        *r = asked ? s->kind->stand(c, s->undo, NULL) : STAND_OURS;
        if (*r < 0)
                (void)s->kind->stand(c, s->undo, why);
        if (*r == STAND_BEFORE && s->kind->clear)
                *r = s->kind->clear(c, why);
        return *r > STAND_BEFORE ? "done" : "not-done";
}

/* A step that was begun, or that is temporary. */
static int settle_logged(const struct sys *sys, int lock_fd, const struct replay *replay,
                         size_t index, struct runlog *log, char **why)
{
        _cleanup_replay_step_ struct replay_step s = { 0 };
        int r = replay_step_read(replay, index, &s, why);
        if (r < 0 || (s.state == RUNLOG_DONE && !(s.kind->flags & KIND_TEMPORARY)))
                return r;
        struct change c = {
                .sys = sys, .step = &s.step, .log = log, .run = replay->id, .lock_fd = lock_fd
        };
        const char *state = settle_step(&c, &s, &r, why);
        return r < 0 ? r
                     : runlog_append(log,
                                     json_pack("{s:s, s:I, s:s}", "event", "settled", "step",
                                               (json_int_t)s.number, "state", state),
                                     why);
}

/* 3: how a run that was cut off would have ended cannot be told. */
static int end_run(const struct replay *replay, struct runlog *log, char **why)
{
        json_t *end = json_pack("{s:s, s:i}", "event", "end", "exit",
                                replay->log.ended ? replay->log.exit : 3);
        if (!replay->log.ended)
                json_object_set_new(end, "cut_off", json_true());
        return runlog_append(log, end, why);
}

/* A log that nobody can read must not keep every later run from its work: it is named and left. */
static int settle_run(const struct sys *sys, int lock_fd, const char *id, struct recovery *out,
                      char **why)
{
        _cleanup_replay_ struct replay replay = { 0 };
        _cleanup_runlog_ struct runlog *log = NULL;
        _cleanup_free_ char *unreadable = NULL;
        int r = runlog_reopen(sys, id, &log, &unreadable);
        if (r == 0)
                r = replay_read(sys, id, &replay, &unreadable);
        if (r < 0) {
                strv_add(&out->skipped, unreadable);
                return 0;
        }
        for (size_t i = replay.log.n; r >= 0 && i > 0; i--) {
                enum runlog_state state = replay.log.steps[i - 1].state;
                if (state == RUNLOG_BEGUN || state == RUNLOG_DONE)
                        r = settle_logged(sys, lock_fd, &replay, i - 1, log, why);
        }
        unsigned owed = 0;
        if (r >= 0)
                r = owed_of(sys, id, &owed, why);
        if (r < 0)
                return fail(why, r, "%s/%s.jsonl: %s", RUNLOG_DIR, id, error_text(-r));
        if (!replay.log.ended)
                strv_add(&out->settled, id);
        out->owed |= owed;
        if (owed) {
                strv_add(&out->owing, id);
                return 0;
        }
        return end_run(&replay, log, why);
}

static int finish_run(const struct sys *sys, int lock_fd, const char *id, char **why)
{
        _cleanup_replay_ struct replay replay = { 0 };
        int r = replay_read(sys, id, &replay, why);
        for (size_t i = 0; r == 0 && i < replay.log.n; i++) {
                _cleanup_replay_step_ struct replay_step s = { 0 };
                r = replay_step_read(&replay, i, &s, why);
                if (r < 0 || !s.kind->finish || s.state != RUNLOG_DONE)
                        continue;
                const struct change c = {
                        .sys = sys, .step = &s.step, .run = id, .lock_fd = lock_fd
                };
                r = s.kind->finish(&c, s.undo, why);
        }
        return r;
}

void recover_finish(const struct sys *sys, int lock_fd, const struct recovery *recovery,
                    void (*tell)(void *, const char *), void *data)
{
        for (char **id = recovery->settled; id && *id; id++) {
                _cleanup_free_ char *why = NULL;
                if (finish_run(sys, lock_fd, *id, &why) == 0)
                        continue;
                _cleanup_free_ char *note =
                        xasprintf(_("run %s was cut off, and what it left half done could not be "
                                    "ended: %s"),
                                  *id, why);
                if (tell)
                        tell(data, note);
        }
}

int recover_end(const struct sys *sys, const struct recovery *recovery, char **why)
{
        int r = 0;
        for (char **id = recovery->owing; r == 0 && id && *id; id++) {
                _cleanup_replay_ struct replay replay = { 0 };
                _cleanup_runlog_ struct runlog *log = NULL;
                r = runlog_reopen(sys, *id, &log, why);
                if (r == 0)
                        r = replay_read(sys, *id, &replay, why);
                if (r == 0)
                        r = end_run(&replay, log, why);
        }
        return r;
}

int recover_all(const struct sys *sys, int lock_fd, struct recovery *out, char **why)
{
        _cleanup_recovery_ struct recovery recovery = { 0 };
        _cleanup_strv_ char **cut = NULL;
        int r = cut_off_runs(sys, &cut, why);
        for (char **id = cut; r == 0 && id && *id; id++)
                r = settle_run(sys, lock_fd, *id, &recovery, why);
        if (r < 0)
                return r;
        *out = recovery;
        recovery = (struct recovery){ 0 };
        return 0;
}

void recovery_free(struct recovery *recovery)
{
        cleanup_strv(&recovery->settled);
        cleanup_strv(&recovery->skipped);
        cleanup_strv(&recovery->owing);
}

void recovery_tell(const struct recovery *recovery, void (*tell)(void *, const char *), void *data)
{
        for (char **id = recovery->settled; id && *id; id++) {
                _cleanup_free_ char *note =
                        xasprintf(_("run %s was cut off: what was temporary is "
                                    "put back, everything else is checked again"),
                                  *id);
                tell(data, note);
        }
        for (char **id = recovery->owing; id && *id; id++) {
                _cleanup_free_ char *note = xasprintf(_("run %s has not restarted the connector: a "
                                                        "repair ends with that restart"),
                                                      *id);
                tell(data, note);
        }
        for (char **s = recovery->skipped; s && *s; s++) {
                _cleanup_free_ char *note = xasprintf(
                        _("%s; this run log is skipped, and whatever its run left behind stays"),
                        *s);
                tell(data, note);
        }
}
