/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults 8 and 9: the connector's own word, one decision for a look and a proof. */
#include "faults/realtime.h"

#include <errno.h>

#include "connector/ampcli.h"
#include "connector/paths.h"
#include "host/process.h"
#include "lib/i18n.h"

/* What ampdaemon holds open, by how much it says. */
enum holds { HOLDS_HIDDEN, HOLDS_NOTHING, HOLDS_PROGRAMS, HOLDS_DEVICE };

static const char *const holds_text[] = {
        [HOLDS_HIDDEN] = N_("its open files cannot be inspected"),
        [HOLDS_NOTHING] = N_("runs without a monitor open"),
        [HOLDS_PROGRAMS] = N_("holds eBPF programs open"),
        [HOLDS_DEVICE] = N_("holds its monitor's device open"),
};

static enum holds fds_hold(const struct sys *sys, const struct realtime *rt, int pid)
{
        _cleanup_free_ char *path = xasprintf("/proc/%d/fd", pid),
                            *device = xasprintf("/dev/%s", rt->module);
        _cleanup_closedir_ DIR *dir = NULL;
        enum holds holds = HOLDS_NOTHING;
        if (sys_opendir(sys, path, &dir) < 0)
                return HOLDS_HIDDEN;
        for (struct dirent *e; (e = readdir(dir)) && holds != HOLDS_DEVICE;) {
                char target[256];
                ssize_t n = readlinkat(dirfd(dir), e->d_name, target, sizeof(target) - 1);
                if (n <= 0)
                        continue;
                target[n] = '\0';
                if (streq(target, device))
                        holds = HOLDS_DEVICE;
                else if (streq(target, "anon_inode:bpf-prog"))
                        holds = HOLDS_PROGRAMS;
        }
        return holds;
}

/* 1 with what the daemon holds, 0: it does not run. One that is hidden from us runs. */
static int daemon_look(const struct sys *sys, const struct realtime *rt, enum holds *holds)
{
        _cleanup_free_ struct process *found = NULL;
        size_t n = 0;
        *holds = HOLDS_HIDDEN;
        if (process_find(sys, connector_path(sys, PATH_DAEMON), &found, &n, NULL) < 0)
                return 1;
        for (size_t i = 0; i < n; i++) {
                enum holds one = fds_hold(sys, rt, found[i].pid);
                if (one > *holds)
                        *holds = one;
        }
        return n > 0;
}

static enum says well(const struct realtime *rt, struct finding *f)
{
        finding_set(f, VERDICT_OK, NULL, "the connector's %s is running", _(rt->what));
        return SAYS_DONE;
}

static enum says not_asked(const struct realtime *rt, struct finding *f)
{
        finding_set(f, VERDICT_NOT_ASKED, NULL,
                    "the connector is running; whether its %s is, only the connector knows: "
                    "--prove asks it",
                    _(rt->what));
        return SAYS_DONE;
}

/* ampcli gave no answer: what is open decides as far as it goes. */
static enum says without_ampcli(const struct realtime *rt, enum holds holds, const char *why,
                                struct finding *f)
{
        finding_evidence(f, "ampcli", why, "an answer");
        if (holds == HOLDS_NOTHING)
                return SAYS_FAULT;
        finding_unknown(
                f, -EIO,
                "the connector is running, but whether its %s is could not be determined: %s",
                _(rt->what), why);
        return SAYS_DONE;
}

static enum says ampcli_says(const struct sys *sys, const struct realtime *rt, enum holds holds,
                             struct finding *f)
{
        _cleanup_ampcli_ struct ampcli_status status = { 0 };
        _cleanup_free_ char *why = NULL;
        if (ampcli_ask(sys, &status, &why) < 0)
                return holds == HOLDS_DEVICE ? well(rt, f) : without_ampcli(rt, holds, why, f);
        bool raised = ampcli_fault(&status, rt->id) != NULL;
        finding_evidence(f, "ampcli", raised ? "reports the fault" : "reports no such fault", NULL);
        return raised ? SAYS_FAULT : well(rt, f);
}

enum says realtime_word(const struct sys *sys, const struct realtime *rt, const char *release,
                        struct finding *f)
{
        _cleanup_free_ char *why = NULL;
        enum holds holds;
        int installed = connector_installed(sys, &why);
        if (installed < 0) {
                finding_unknown(f, installed, "%s", why);
                return SAYS_DONE;
        }
        if (!installed || !sys->live || !sys_runs_kernel(sys, release))
                return SAYS_NOTHING;
        if (!daemon_look(sys, rt, &holds)) {
                finding_evidence(f, "ampdaemon", "not running", NULL);
                return SAYS_NOTHING;
        }
        finding_evidence(f, "ampdaemon", holds_text[holds], NULL);
        if (sys->depth == DEPTH_PROVE)
                return ampcli_says(sys, rt, holds, f);
        return holds == HOLDS_DEVICE ? well(rt, f) : not_asked(rt, f);
}
