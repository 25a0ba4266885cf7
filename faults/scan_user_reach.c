/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 5: can the scan account get to the connector's own directories? */
#include <errno.h>

#include "connector/connector.h"
#include "faults/advice.h"
#include "faults/scan_user.h"

static const char *const read_by_it[] = { CONNECTOR_ROOT "/bin", CONNECTOR_ROOT "/etc" };

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
        for (size_t i = 0; i < ARRAY_SIZE(read_by_it); i++) {
                _cleanup_free_ char *where = NULL, *said = NULL;
                int r = account_reaches(l->sys, l->account.uid, l->account.primary, read_by_it[i],
                                        &where, &said);
                if (r < 0)
                        look_untold(l, r, "%s", said);
                if (r == 0)
                        refuse(l, TAKE_PTR(where));
                if (r != 1)
                        return 0;
        }
        return 0;
}
