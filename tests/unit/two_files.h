/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run of two steps on files, for real: done, cut off after any line of its log, undone. */
#ifndef SECEP_TESTS_TWO_FILES_H
#define SECEP_TESTS_TWO_FILES_H

#include <errno.h>
#include <fcntl.h>
#include "lib/json.h"
#include "lib/lock.h"
#include "repair/apply.h"
#include "repair/program.h"
#include "repair/recover.h"
#include "repair/rehearse.h"
#include "repair/rehearse_copy.h"
#include "repair/undo.h"
#include "tests/unit/scratch.h"

static char *const argv[] = { (char *)"secep-repair", NULL };
static const struct fault fault = { .id = 5, .slug = "test", .summary = "test" };

static inline struct outcome *plan_two_files(struct report *report)
{
        struct outcome *o = report_add(report, &fault);
        struct step one = { .kind = STEP_WRITE_FILE,
                            .target = (char *)"/etc/one",
                            .key = (char *)"",
                            .value = (char *)"new one\n" };
        struct step two = { .kind = STEP_WRITE_FILE,
                            .target = (char *)"/etc/two",
                            .key = (char *)"",
                            .value = (char *)"new two\n" };
        outcome_add_step(o, &one);
        outcome_add_step(o, &two);
        return o;
}

static inline int run(struct scratch *s, char **id)
{
        struct report report = { 0 };
        struct outcome *o = plan_two_files(&report);
        struct work work = { .sys = &s->sys, .argv = argv, .lock_fd = -1 };
        int r = apply_plan(&work, o);
        *id = work.log ? xstrdup(runlog_id(work.log)) : NULL;
        apply_end(&work, 0);
        report_free(&report);
        return r;
}

static inline void start(struct scratch *s)
{
        scratch_open(s);
        scratch_write(s, "/etc/one", "old one\n");
}

static inline void assert_text(const struct scratch *s, const char *path, const char *expected)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read(&s->sys, path, 1000, &text, NULL);
        assert_int_equal(r, expected ? 0 : -ENOENT);
        if (expected)
                assert_string_equal(text, expected);
}

static inline void undo(struct scratch *s, const char *id, bool changed)
{
        struct undo_report report = { 0 };
        _cleanup_free_ char *why = NULL;
        assert_int_equal(undo_run(&s->sys, -1, id, NULL, &report, &why), 0);
        assert_int_equal(report.changed, changed);
        undo_report_free(&report);
}

/* Cuts the log after LINES whole lines and PART bytes of the next. */
static inline void cut(const struct scratch *s, const char *id, int lines, size_t part)
{
        _cleanup_free_ char *path = xasprintf("%s/%s.jsonl", RUNLOG_DIR, id), *text = NULL;
        assert_int_equal(sys_read(&s->sys, path, 100000, &text, NULL), 0);
        char *at = text;
        for (int i = 0; i < lines; i++)
                at = strchr(at, '\n') + 1;
        assert_int_equal(truncate(scratch_path(s, path), at - text + (off_t)part), 0);
}

#endif
