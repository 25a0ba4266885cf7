/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 5: can the scan account get to the connector's own directories? */
#include <errno.h>

#include "connector/connector.h"
#include "connector/signatures.h"
#include "faults/advice.h"
#include "faults/scan_user.h"

static void add(char ***list, const char *path)
{
        for (char **p = *list; p && *p; p++)
                if (streq(*p, path))
                        return;
        strv_add(list, path);
}

/* Of a directory that is to be closed (KeepMode=, dpkg-statoverride) nothing is asked. */
static void add_open(const struct sys *sys, char ***list, const char *path)
{
        struct stat st;
        if (sys_lstat_nolinks(sys, path, &st) == 0 && S_ISDIR(st.st_mode) &&
            (st.st_mode & 05) == 05)
                add(list, path);
}

/* Its own tree: what its package owns, and where its signatures are. */
static char **read_by_it(struct look *l)
{
        _cleanup_signatures_ struct signatures all = { 0 };
        struct sys shallow = *l->sys; /* on loan: where they are takes no proof of them */
        char **list = NULL;
        shallow.depth = DEPTH_LOOK;
        add_open(l->sys, &list, CONNECTOR_TOP);
        add_open(l->sys, &list, CONNECTOR_ROOT);
        add(&list, CONNECTOR_ROOT "/bin");
        add(&list, CONNECTOR_ROOT "/etc");
        if (!l->owned)
                look_owned_read(l);
        for (char **p = l->owned; p && *p; p++)
                if (startswith(*p, CONNECTOR_ROOT))
                        add_open(l->sys, &list, *p);
        if (signatures_read(&shallow, &all, NULL) < 0)
                return list;
        for (size_t i = 0; i < all.n; i++) {
                const char *path = all.files[i].path;
                _cleanup_free_ char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
                if (i == 0 || !startswith(all.files[i - 1].path, dir))
                        add_open(l->sys, &list, dir);
        }
        return list;
}

static void refuse(struct look *l, char *where)
{
        struct stat st = { 0 };
        (void)sys_stat(l->sys, where, &st);
        _cleanup_free_ char *mode =
                xasprintf("%04o %u:%u", st.st_mode & 07777, st.st_uid, st.st_gid);
        finding_evidence(l->f, where, mode, "searched by " SCAN_ACCOUNT);
        look_ail(l, VERDICT_BLOCKED, "directory-unreachable",
                 "the account %s is refused at %s, which is on the way to the connector's files",
                 SCAN_ACCOUNT, where);
        l->refused_at = where;
        l->refused_by_mode = (st.st_mode & 05) != 05;
}

void scan_user_reach_advice(const struct look *l)
{
        if (!l->refused_at)
                return;
        if (l->refused_by_mode)
                advice_run(l->sys, l->f, "chmod", "o+rx", l->refused_at, (char *)NULL);
        else
                advice_run(l->sys, l->f, "setfacl", "-m", "u:" SCAN_ACCOUNT ":rx", l->refused_at,
                           (char *)NULL);
}

/* Only where nothing is left to put right: what is wrong with the account or our directories is
 * told of by itself. */
int scan_user_reach(struct look *l, char **why)
{
        (void)why;
        if (l->plan->n > 0 || l->fault.why || l->blocked.why || !l->account.user ||
            l->account.uid == 0)
                return 0;
        _cleanup_account_ids_ struct account_ids ids = { l->account.uid, l->account.primary };
        _cleanup_strv_ char **paths = read_by_it(l);
        _cleanup_free_ char *where = NULL, *said = NULL;
        account_groups(l->sys, SCAN_ACCOUNT, &ids);
        int r = account_reaches(l->sys, &ids, paths, &where, &said);
        if (r < 0)
                look_untold(l, r, "%s", said);
        if (r == 0)
                refuse(l, TAKE_PTR(where));
        return 0;
}
