/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who needs a restart that never came. */
#include "repair/owed.h"

#include <limits.h>

#include "connector/paths.h"
#include "host/process.h"
#include "lib/json.h"
#include "repair/replay.h"

bool owed_by(const struct sys *sys, const struct fault *fault, enum step_kind kind)
{
        const struct kind *k = kind_of(kind);
        if (!fault || !fault->restarts || (k && k->flags & (KIND_AT_BOOT | KIND_TEMPORARY)))
                return false;
        return !fault->of_kernel || !sys->release_given || sys_runs_kernel(sys, sys->release);
}

/* A pid is given again, its start is not. */
static char *name_of(const struct process *p)
{
        return xasprintf("%d:%llu", p->pid, (unsigned long long)p->start);
}

static bool still_runs(const struct sys *sys, const char *name)
{
        _cleanup_free_ char *first = name ? xstrndup(name, strcspn(name, ":")) : NULL;
        struct process now;
        long pid;
        if (!name || parse_long(first, 1, INT_MAX, &pid) < 0 ||
            process_read(sys, (int)pid, &now) < 0)
                return false;
        _cleanup_free_ char *same = name_of(&now);
        return streq(same, name);
}

void owed_daemon(const struct sys *sys, char **name)
{
        _cleanup_free_ struct process *found = NULL;
        size_t n = 0;
        if (sys->live && still_runs(sys, *name))
                return;
        free(TAKE_PTR(*name));
        if (sys->live &&
            process_find(sys, connector_path(sys, PATH_DAEMON), &found, &n, NULL) == 0 && n > 0)
                *name = name_of(&found[0]);
}

int owed_of(const struct sys *sys, const char *id, unsigned *out, char **why)
{
        _cleanup_replay_ struct replay replay = { 0 };
        unsigned owed = 0;
        int r = sys->live ? replay_read(sys, id, &replay, why) : 0;
        for (size_t i = 0; r >= 0 && i < replay.log.n; i++) {
                _cleanup_replay_step_ struct replay_step s = { 0 };
                if (replay.log.steps[i].state != RUNLOG_DONE)
                        continue;
                r = replay_step_read(&replay, i, &s, why);
                if (r >= 0 && fault_by_id(s.step.fault) &&
                    still_runs(sys, json_text(s.record, "daemon")))
                        owed |= 1U << s.step.fault;
        }
        if (r >= 0)
                *out = owed;
        return r < 0 ? r : 0;
}
