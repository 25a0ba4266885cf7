/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 5: the directories the account must walk, and the process that must not be root's. */
#include "faults/scan_user.h"

#include <errno.h>
#include <time.h>

#include "connector/connector.h"
#include "connector/paths.h"
#include "faults/allow.h"
#include "host/process.h"
#include "lib/i18n.h"

#define OWN "amp" /* CONNECTOR_ROOT below CONNECTOR_TOP */
#define SHOWN 5
#define DAY (24L * 3600)

static char *rights(mode_t mode, uid_t uid, gid_t gid)
{
        return xasprintf("%04o %u:%u", mode, uid, gid);
}

static void show(struct look *l, const struct directory *d)
{
        _cleanup_free_ char *found = rights(d->mode, d->uid, d->gid);
        _cleanup_free_ char *expected = rights(d->want_mode, d->want_uid, d->want_gid);
        finding_evidence(l->f, d->path, found, expected);
}

static void plan_directory(struct look *l, const struct directory *d)
{
        _cleanup_free_ char *mode = xasprintf("%04o", d->want_mode);
        _cleanup_free_ char *owner = xasprintf("%u:%u", d->want_uid, d->want_gid);
        if (d->uid != d->want_uid || d->gid != d->want_gid)
                plan_add(l->plan, STEP_SET_OWNER, d->path, NULL, owner);
        if (d->mode != d->want_mode)
                plan_add(l->plan, STEP_SET_MODE, d->path, NULL, mode);
}

/* Who may not read the history can still be told of the fault. */
static const struct runlog_past *past(struct look *l)
{
        if (!l->past_read && runlog_past_read(l->sys, time(NULL) - DAY, &l->past, NULL) == 0)
                past_note_skipped(&l->past, l->f);
        l->past_read = true;
        return &l->past;
}

/* Wrong again within a day of being put right: told. */
/* The time a day after WHEN, as a person reads it. */
static char *a_day_later(time_t when)
{
        char text[32];
        struct tm tm;
        time_t end = when + DAY;
        if (!localtime_r(&end, &tm) || !strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm))
                return xstrdup("tomorrow");
        return xstrdup(text);
}

static bool is_fought(struct look *l, const struct directory *d)
{
        const struct past_run *run = past_mended(past(l), d->path);
        const struct past_run *before = past_mended_before(past(l), d->path);
        if (!run || !before || (l->sys->allow & ALLOW_AGAIN))
                return false;
        _cleanup_free_ char *until = a_day_later(before->time);
        _cleanup_free_ char *fighter = directory_fighter(l->sys, d->path);
        _cleanup_free_ char *when = xasprintf(_("corrected by run %s, changed since"), run->id);
        finding_evidence(l->f, d->path, when, NULL);
        if (fighter)
                finding_evidence(l->f, "what may change it", fighter, NULL);
        look_ail(l, VERDICT_BLOCKED, "directory-mode-fought",
                 "%s was corrected twice in the last 24 hours and has been changed again by %s: "
                 "left "
                 "as it is until %s",
                 d->path, fighter ? fighter : _("something that left no evidence"), until);
        return true;
}

static void see_directory(struct look *l, const struct directory *d, size_t *shown)
{
        if (d->foreign) {
                finding_note(l->f, "%s belongs to another product and has mode %04o, owner %u:%u",
                             d->path, d->mode, d->uid, d->gid);
                return;
        }
        if (!look_owns(l, d->path)) {
                finding_note(l->f, "%s has mode %04o, owner %u:%u: %s, so it is left as it is",
                             d->path, d->mode, d->uid, d->gid,
                             l->by_package ? _("the connector's package does not own it")
                             : l->by_rpm   ? _("rpm -qf says whether it is the connector's")
                                           : _("the connector does not need it to start"));
                return;
        }
        if (is_fought(l, d))
                return;
        if ((*shown)++ < SHOWN)
                show(l, d);
        look_ail(l, VERDICT_FAULT, "directory-mode", "%s is %04o %u:%u, should be %04o %u:%u%s%s",
                 d->path, d->mode, d->uid, d->gid, d->want_mode, d->want_uid, d->want_gid,
                 d->want_by ? " by " : "", d->want_by ? d->want_by : "");
        plan_directory(l, d);
}

int scan_user_directories(struct look *l, char **why)
{
        _cleanup_directories_ struct directories d = { .items = NULL };
        size_t shown = 0;
        int r = directories_read(l->sys, CONNECTOR_TOP, OWN, &d, why);
        if (r == 0 && d.n > 0)
                look_owned_read(l);
        for (size_t i = 0; i < d.n && r == 0; i++)
                see_directory(l, &d.items[i], &shown);
        runlog_past_free(&l->past);
        if (r < 0)
                return r;
        if (shown > SHOWN)
                finding_note(l->f, "%zu more directories have a wrong mode or owner",
                             shown - SHOWN);
        for (char **n = d.notes; n && *n; n++)
                finding_note(l->f, "%s", *n);
        if (d.error)
                look_untold(l, d.error, "%s", d.untold);
        return 0;
}

/* The scan process that runs as root: its pid, 0, or -errno. */
static int root_process(struct look *l, const char *program, char **why)
{
        _cleanup_free_ struct process *list = NULL;
        size_t n = 0;
        int r = process_find(l->sys, program, &list, &n, why);
        for (size_t i = 0; i < n && r == 0; i++)
                if (list[i].uid == 0)
                        return list[i].pid;
        return r;
}

/* Only where the account is well: otherwise it runs as root because it has to. */
int scan_user_process(struct look *l, char **why)
{
        (void)why;
        const char *program = connector_path(l->sys, PATH_SCANNER);
        if (!l->sys->live || l->plan->n > 0 || l->blocked.why || !l->account.user)
                return 0;
        _cleanup_free_ char *said = NULL;
        int pid = root_process(l, program, &said);
        if (pid < 0)
                look_untold(l, pid, "%s", said ? said : error_text(-pid));
        if (pid <= 0)
                return 0;
        _cleanup_free_ char *what = xasprintf("%s, process %d", program, pid);
        finding_evidence(l->f, what, "runs with uid 0", SCAN_ACCOUNT);
        look_ail(l, VERDICT_FAULT, "scan-as-root",
                 "%s (process %d) runs as root although its account is in order", program, pid);
        l->plan->restart |= PLAN_RESTART;
        return 0;
}
