/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write-file, remove-file and move-file: done, told, put back, and never over somebody's change. */
#include "scratch.h"

#include <errno.h>

#include "lib/json.h"
#include "lib/runlog.h"
#include "repair/kind.h"

#define FILE_ "/opt/x/file"

struct world {
        struct scratch s;
        struct runlog *log;
        struct step step;
        struct change c;
        const struct kind *kind;
        json_t *undo;
};

static void world_open(struct world *w, enum step_kind kind, const char *value)
{
        char *argv[] = { (char[]){ "test" }, NULL };
        *w = (struct world){ .kind = kind_of(kind), .undo = json_object() };
        scratch_open(&w->s);
        assert_int_equal(sys_mkdirs(&w->s.sys, "/opt/x", 0755), 0);
        assert_int_equal(runlog_begin(&w->s.sys, argv, &w->log, NULL), 0);
        w->step = (struct step){ kind, 7, xstrdup(FILE_), xstrdup(""), xstrdup(value) };
        w->c = (struct change){ .sys = &w->s.sys,
                                .step = &w->step,
                                .log = w->log,
                                .run = runlog_id(w->log),
                                .lock_fd = -1 };
}

static void world_close(struct world *w)
{
        free(w->step.target);
        free(w->step.key);
        free(w->step.value);
        json_decref(w->undo);
        runlog_close(w->log);
        scratch_close(&w->s);
}

static void has(struct world *w, const char *path, const char *text)
{
        _cleanup_free_ char *now = NULL;
        int r = sys_read(&w->s.sys, path, 1 << 20, &now, NULL);
        assert_int_equal(r, text ? 0 : -ENOENT);
        if (text)
                assert_string_equal(now, text);
}

static void do_and_undo(struct world *w, const char *before, const char *after)
{
        has(w, FILE_, before);
        assert_int_equal(w->kind->prepare(&w->c, w->undo, NULL), 0);
        assert_int_equal(w->kind->stand(&w->c, w->undo, NULL), 0);
        assert_int_equal(w->kind->apply(&w->c, w->undo, NULL), 0);
        assert_int_equal(w->kind->stand(&w->c, w->undo, NULL), 1);
        has(w, FILE_, after);
        for (int twice = 0; twice < 2; twice++) {
                assert_int_equal(w->kind->revert(&w->c, w->undo, NULL), 0);
                assert_int_equal(w->kind->stand(&w->c, w->undo, NULL), 0);
                has(w, FILE_, before);
        }
}

static void writes_a_new_file(void **state)
{
        (void)state;
        struct world w;
        world_open(&w, STEP_WRITE_FILE, "new\n");
        do_and_undo(&w, NULL, "new\n");
        world_close(&w);
}

static void writes_over_a_file(void **state)
{
        NEEDS_ROOT();
        (void)state;
        struct world w;
        struct stat st;
        world_open(&w, STEP_WRITE_FILE, "new\n");
        scratch_write(&w.s, FILE_, "old");
        assert_int_equal(chown(scratch_path(&w.s, FILE_), 7, 8), 0);
        assert_int_equal(chmod(scratch_path(&w.s, FILE_), 0604), 0);
        do_and_undo(&w, "old", "new\n");
        assert_int_equal(sys_stat(&w.s.sys, FILE_, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0604);
        assert_int_equal(st.st_uid, 7);
        assert_int_equal(st.st_gid, 8);
        world_close(&w);
}

static void leaves_what_was_edited_since(void **state)
{
        (void)state;
        struct world w;
        world_open(&w, STEP_WRITE_FILE, "new\n");
        scratch_write(&w.s, FILE_, "old");
        assert_int_equal(w.kind->prepare(&w.c, w.undo, NULL), 0);
        assert_int_equal(w.kind->apply(&w.c, w.undo, NULL), 0);
        scratch_write(&w.s, FILE_, "theirs");
        assert_int_equal(w.kind->revert(&w.c, w.undo, NULL), 0);
        has(&w, FILE_, "theirs");
        world_close(&w);
}

static void removes_a_file(void **state)
{
        NEEDS_ROOT();
        (void)state;
        struct world w;
        struct stat st;
        world_open(&w, STEP_REMOVE_FILE, "");
        scratch_write(&w.s, FILE_, "old");
        assert_int_equal(chown(scratch_path(&w.s, FILE_), 7, 8), 0);
        assert_int_equal(chmod(scratch_path(&w.s, FILE_), 0604), 0);
        do_and_undo(&w, "old", NULL);
        assert_int_equal(sys_stat(&w.s.sys, FILE_, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0604);
        assert_int_equal(st.st_uid, 7);
        world_close(&w);
}

static void moves_a_file(void **state)
{
        (void)state;
        struct world w;
        world_open(&w, STEP_MOVE_FILE, "/var/lib/secep/quarantine/file");
        scratch_write(&w.s, FILE_, "old");
        do_and_undo(&w, "old", NULL);
        world_close(&w);
}

/* Killed between the copy's name and the original's end, in the move or in its undo. */
static void a_cut_off_move_is_cleared(void **state)
{
        (void)state;
        struct world w;
        world_open(&w, STEP_MOVE_FILE, "/var/lib/secep/quarantine/1.2.0/file");
        scratch_write(&w.s, FILE_, "old");
        assert_int_equal(w.kind->prepare(&w.c, w.undo, NULL), 0);
        scratch_write(&w.s, w.step.value, "old");
        scratch_write(&w.s, "/var/lib/secep/quarantine/1.2.0/.secep-moved", "o");
        scratch_write(&w.s, "/var/lib/secep/quarantine/0.1.0/file", "another run's");
        assert_int_equal(w.kind->clear(&w.c, NULL), 0);
        has(&w, FILE_, "old");
        assert_false(sys_exists(&w.s.sys, "/var/lib/secep/quarantine/1.2.0"));
        has(&w, "/var/lib/secep/quarantine/0.1.0/file", "another run's");
        assert_int_equal(w.kind->clear(&w.c, NULL), 0);
        world_close(&w);
}

static void same_times(struct world *w, const char *path)
{
        const struct timespec times[2] = { { 11, 12 }, { 13, 14 } };
        assert_int_equal(utimensat(AT_FDCWD, scratch_path(&w->s, path), times, 0), 0);
}

static void a_cut_off_undo_is_ended(void **state)
{
        (void)state;
        struct world w;
        world_open(&w, STEP_MOVE_FILE, "/var/lib/secep/quarantine/1.2.0/file");
        scratch_write(&w.s, FILE_, "other");
        scratch_write(&w.s, w.step.value, "older");
        same_times(&w, FILE_);
        same_times(&w, w.step.value);
        assert_int_equal(w.kind->stand(&w.c, w.undo, NULL), STAND_CHANGED);
        assert_int_equal(w.kind->revert(&w.c, w.undo, NULL), -ESTALE);
        has(&w, w.step.value, "older");
        scratch_write(&w.s, FILE_, "older");
        assert_int_equal(w.kind->stand(&w.c, w.undo, NULL), STAND_CHANGED);
        same_times(&w, FILE_);
        assert_int_equal(w.kind->stand(&w.c, w.undo, NULL), STAND_OURS);
        assert_int_equal(w.kind->revert(&w.c, w.undo, NULL), 0);
        assert_int_equal(w.kind->stand(&w.c, w.undo, NULL), STAND_BEFORE);
        has(&w, FILE_, "older");
        assert_false(sys_exists(&w.s.sys, "/var/lib/secep/quarantine/1.2.0"));
        world_close(&w);
}

static void moves_over_nothing(void **state)
{
        (void)state;
        struct world w;
        _cleanup_free_ char *why = NULL;
        world_open(&w, STEP_MOVE_FILE, "/opt/x/there");
        scratch_write(&w.s, FILE_, "old");
        scratch_write(&w.s, "/opt/x/there", "theirs");
        assert_int_equal(w.kind->prepare(&w.c, w.undo, &why), -EEXIST);
        assert_int_equal(w.kind->apply(&w.c, w.undo, NULL), -EEXIST);
        has(&w, FILE_, "old");
        has(&w, "/opt/x/there", "theirs");
        world_close(&w);
}

static void follows_no_link(void **state)
{
        (void)state;
        static const enum step_kind kinds[] = { STEP_WRITE_FILE, STEP_REMOVE_FILE };
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                struct world w;
                _cleanup_free_ char *why = NULL;
                world_open(&w, kinds[i], "new");
                scratch_write(&w.s, "/secret", "secret");
                assert_int_equal(symlink("/secret", scratch_path(&w.s, FILE_)), 0);
                assert_int_equal(w.kind->prepare(&w.c, w.undo, &why), -ELOOP);
                assert_non_null(strstr(why, FILE_));
                has(&w, "/secret", "secret");
                world_close(&w);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(writes_a_new_file),
                cmocka_unit_test(writes_over_a_file),
                cmocka_unit_test(leaves_what_was_edited_since),
                cmocka_unit_test(removes_a_file),
                cmocka_unit_test(moves_a_file),
                cmocka_unit_test(a_cut_off_move_is_cleared),
                cmocka_unit_test(a_cut_off_undo_is_ended),
                cmocka_unit_test(moves_over_nothing),
                cmocka_unit_test(follows_no_link),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
