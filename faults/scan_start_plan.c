/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7: the restart, and bad signature files out of its way. */
#include <time.h>

#include "connector/paths.h"
#include "connector/signatures.h"
#include "faults/past.h"
#include "faults/scan_start.h"

#define QUARANTINE "/var/lib/secep/quarantine"
#define RESTART_REMEMBERED ((time_t)24 * 3600)

/* The connector drops an invalid file itself when it starts: a restart is the first try, and the move
 * is for what that left. */
static void first_try_add(const struct sys *sys, struct plan *plan)
{
        if (sys->live)
                plan_add(plan, STEP_RESTART_SERVICE, connector_path(sys, PATH_SERVICE), NULL,
                         connector_path(sys, PATH_SCANNER));
}

void scan_start_learn(struct finding *f, const char *path, const struct stat *st)
{
        _cleanup_free_ char *identity = signature_identity(st), *to = NULL;
        struct timespec now; /* a run that was cut off may have moved it in this very second */

        if (S_ISDIR(st->st_mode)) {
                finding_note(f, "%s is a directory: remove it by hand", path);
                return;
        }
        clock_gettime(CLOCK_REALTIME, &now);
        to = xasprintf("%s/%lld.%09ld.%zu/%s", QUARANTINE, (long long)now.tv_sec, now.tv_nsec,
                       f->learned.n, strrchr(path, '/') + 1);
        plan_add(&f->learned, STEP_MOVE_FILE, path, identity, to);
}

/* Only the log's word is against it: it is moved where a restart, which lets the connector drop or
 * replace it, was tried in vain. */
static bool restart_is_first(const struct sys *sys, struct finding *f)
{
        const char *unit = connector_path(sys, PATH_SERVICE);
        time_t since = time(NULL) - RESTART_REMEMBERED;

        return streq(f->cause, "signatures-unloadable") && sys->live &&
               past_tried(sys, 7, STEP_RESTART_SERVICE, unit, since, f) == 0;
}

int scan_start_plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        plan->restart |= PLAN_RESTART | PLAN_RESTART_AWAIT;
        if (f->learned.n == 0 || restart_is_first(sys, f))
                return 0;
        if (streq(f->cause, "signatures-invalid")) {
                first_try_add(sys, plan);
                plan->restart |= PLAN_RESTART_UNLESS_RUNS;
        }
        finding_to_plan(f, plan);
        return 0;
}
