/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a repair: the connector is started anew, and asked whether its fault is gone. */
#include <errno.h>

#include "connector/ampcli.h"
#include "connector/connector.h"
#include "connector/paths.h"
#include "host/service.h"
#include "lib/i18n.h"
#include "lib/util.h"
#include "lib/wait.h"
#include "packages/verify.h"

#define ASK_EVERY_MS 1000
#define ASK_MS_MIN 1000 /* where the time is up: asked it is */
#define GONE_ASKED 5    /* as often not active, one after the other: no pause between two starts */

int connector_may_run(const struct sys *sys, char **why)
{
        static const enum connector_path programs[] = { PATH_DAEMON, PATH_SCANNER, PATH_AMPCLI };
        int r;

        for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
                r = connector_trusted(sys, connector_path(sys, programs[i]), why);
                if (r < 0 && !(r == -ENOENT && programs[i] != PATH_DAEMON))
                        return r;
                if (r < 0 && why) {
                        free(*why);
                        *why = NULL;
                }
        }
        r = verify_package(sys, connector_path(sys, PATH_PACKAGE), why);
        return r == -ENOENT ? 0 : r;
}

int connector_active(const struct sys *sys)
{
        return service_active(sys, connector_path(sys, PATH_SERVICE));
}

int connector_restart(const struct sys *sys, char **why)
{
        int r = connector_may_run(sys, why);

        return r < 0 ? r : service_restart(sys, connector_path(sys, PATH_SERVICE), why);
}

static size_t still_there(const struct ampcli_status *status, const int *ids, size_t n, int *left)
{
        size_t n_left = 0;

        for (size_t i = 0; i < n; i++)
                if (ampcli_fault(status, ids[i]))
                        left[n_left++] = ids[i];
        return n_left;
}

int connector_says(const struct sys *sys, const int *ids, size_t n, int *left, size_t *n_left,
                   char **why)
{
        int may = sys->live ? connector_may_run(sys, why)
                            : fail(why, -EOPNOTSUPP, "only a running system can be asked");

        if (may < 0)
                return may;
        struct wait wait = { 0 };
        for (int gone = 0;;) {
                _cleanup_ampcli_ struct ampcli_status status = { 0 };
                _cleanup_free_ char *reason = NULL;
                int64_t left_ms = sys_time_left(sys);
                int r = ampcli_ask_within(sys, left_ms > ASK_MS_MIN ? left_ms : ASK_MS_MIN, &status,
                                          &reason);
                bool last = sys_time_left(sys) < ASK_EVERY_MS;

                if (r == -ENOENT || r == -EPERM || r == -EINTR || (r < 0 && last))
                        return fail(why, r, "%s", reason);
                if (r == 0) {
                        *n_left = still_there(&status, ids, n, left);
                        if (*n_left == 0 || last)
                                return 0;
                }
                gone = connector_active(sys) == 0 ? gone + 1 : 0;
                if (gone == GONE_ASKED)
                        return fail(why, -ESRCH, _("%s is not running"),
                                    connector_path(sys, PATH_SERVICE));
                r = wait_pause(sys, &wait, _("the connector's own word on what was repaired"),
                               ASK_EVERY_MS, why);
                if (r == -EINTR)
                        return r;
        }
}
