/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 6: one restart, and where that did not help the file that was open, if evidence names one. */
#include <errno.h>
#include <time.h>

#include "connector/crashes.h"
#include "connector/paths.h"
#include "faults/past.h"
#include "faults/scan_restarts.h"
#include "host/logs.h"
#include "host/systemd.h"

#define RESTART_REMEMBERED ((time_t)24 * 3600)

struct named {
        char *file; /* the one all crashes had open; NULL: none, or not the same */
        int crashes;
        bool differs;
};

static void crash_named(void *data, const struct crash *crash)
{
        struct named *named = data;
        _cleanup_free_ char *file = crash_file(crash->open_files);

        named->crashes++;
        if (!file)
                return;
        if (named->file && !streq(named->file, file))
                named->differs = true;
        else if (!named->file)
                named->file = TAKE_PTR(file);
}

/* A crash the log tells of, in a line that names a file. */
static void log_named(void *data, const char *line)
{
        static const char *const words[] = { "crash", "Crash", "signal", "Segmentation", "abort" };
        struct named *named = data;
        const char *path = strstr(line, " /");

        for (size_t i = 0; path && i < ARRAY_SIZE(words); i++)
                if (strstr(line, words[i])) {
                        free(named->file);
                        named->file = xstrndup(path + 1, strcspn(path + 1, " \t\"':,;"));
                        return;
                }
}

/* Names the file only where evidence names it: a core's open files, else the log. */
static char *crashing_file(const struct sys *sys, struct finding *f)
{
        struct named named = { 0 };

        (void)crashes_ask_journal(sys, connector_path(sys, PATH_SCANNER),
                                  time(NULL) - scan_quiet_seconds(sys), crash_named, &named);
        if (!named.file)
                (void)log_tail(sys, connector_path(sys, PATH_SCAN_LOG), log_named, &named);
        if (!named.file)
                return NULL;
        finding_evidence(f, named.crashes ? "open when it crashed" : "named by the scan log",
                         named.file, NULL);
        if (named.differs) {
                finding_note(f, "the crashes had different files open");
                return NULL;
        }
        finding_note(f,
                     "a path exclusion for %s may be set in the console, once it is known what the "
                     "file is",
                     named.file);
        return named.file;
}

static int blocked(struct finding *f, const char *file)
{
        if (!file)
                return finding_set(f, VERDICT_BLOCKED, "crash-loop",
                                   "the scan process keeps crashing after a restart");
        finding_set(f, VERDICT_BLOCKED, "crash-loop",
                    "the scan process keeps crashing after a restart, with this file open: %s",
                    file);
        finding_do(f, DO_CONSOLE, "set a path exclusion for %s, once it is known what the file is",
                   file);
        return 0;
}

int scan_restarts_plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        _cleanup_free_ char *file = NULL;
        time_t since = time(NULL) - RESTART_REMEMBERED;

        if (streq(f->cause, "settling"))
                return -EAGAIN; /* nothing to do but to wait */
        file = crashing_file(sys, f);
        if (past_episodes(sys, 6, STEP_RESTART_SERVICE, ".service", since, f) > 0)
                return blocked(f, file);
        plan->restart |= PLAN_RESTART | PLAN_RESTART_AWAIT;
        return 0;
}
