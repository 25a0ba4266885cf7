/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7: the restart, and bad signature files out of its way. */
#include <time.h>

#include "connector/paths.h"
#include "connector/scan_log.h"
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

static void move_add(struct plan *plan, const struct signature *s, size_t index)
{
        _cleanup_free_ char *identity = signature_identity(&s->st);
        _cleanup_free_ char *to = NULL;
        struct timespec now; /* a run that was cut off may have moved it in this very second */

        clock_gettime(CLOCK_REALTIME, &now);
        to = xasprintf("%s/%lld.%09ld.%zu/%s", QUARANTINE, (long long)now.tv_sec, now.tv_nsec,
                       index, strrchr(s->path, '/') + 1);

        plan_add(plan, STEP_MOVE_FILE, s->path, identity, to);
}

/* Only the log's word is against it: it is moved where a restart, which lets the connector drop or
 * replace it, was tried in vain. */
static void plan_unloadable(const struct sys *sys, struct finding *f, struct plan *plan)
{
        _cleanup_scan_unloadable_ struct scan_unloadable u = { 0 };
        time_t since = time(NULL) - RESTART_REMEMBERED;
        const char *unit = connector_path(sys, PATH_SERVICE);
        struct signature s = { .path = NULL };

        if (sys->live && past_tried(sys, 7, STEP_RESTART_SERVICE, unit, since, f) == 0)
                return;
        (void)scan_unloadable_read(sys, &u); /* the probe has said it */
        s.path = u.path;
        if (u.path && sys_lstat_nolinks(sys, u.path, &s.st) == 0)
                move_add(plan, &s, 0);
}

int scan_start_plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        _cleanup_signatures_ struct signatures all = { 0 };
        struct sys deep = *sys; /* only what is proved bad is moved */
        _cleanup_free_ char *why = NULL;
        size_t moved = 0;
        int r;

        plan->restart |= PLAN_RESTART | PLAN_RESTART_AWAIT;
        if (streq(f->cause, "signatures-unloadable"))
                return plan_unloadable(sys, f, plan), 0;
        if (!streq(f->cause, "signatures-invalid"))
                return 0;
        deep.depth = DEPTH_PROVE;
        r = signatures_read(&deep, &all, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        for (size_t i = 0; i < all.n; i++) {
                if (all.files[i].state != SIGNATURE_BAD)
                        continue;
                if (S_ISDIR(all.files[i].st.st_mode)) {
                        finding_note(f, "%s is a directory: remove it by hand", all.files[i].path);
                        continue;
                }
                if (moved == 0)
                        first_try_add(sys, plan);
                move_add(plan, &all.files[i], moved++);
        }
        if (moved)
                plan->restart |= PLAN_RESTART_UNLESS_RUNS;
        return 0;
}
