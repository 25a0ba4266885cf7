/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7: the connector's service itself failed. */
#include <errno.h>
#include <time.h>

#include "connector/paths.h"
#include "faults/past.h"
#include "faults/scan_start.h"
#include "host/service.h"

#define LOOK_MS 200 /* all that a look may spend on it */
#define PROVE_MS 10000
#define RESTART_REMEMBERED ((time_t)24 * 3600)
#define JOURNAL_LINES 5

int scan_start_failed(const struct sys *sys, struct unit_end *end)
{
        int64_t limit = sys->depth == DEPTH_PROVE ? PROVE_MS : LOOK_MS;
        int r = unit_ask(sys, connector_path(sys, PATH_SERVICE), limit, end);

        return r < 0 ? r : unit_failed(end);
}

static void journal_line(void *data, const char *line)
{
        finding_evidence(data, "its journal", line, NULL);
}

int scan_start_ended(const struct sys *sys, const struct unit_end *end, struct finding *f)
{
        const char *unit = connector_path(sys, PATH_SERVICE);
        _cleanup_free_ char *how = unit_end_text(end);
        const struct systemd_api *api;

        finding_evidence(f, unit, how, "active");
        if (sys->depth == DEPTH_PROVE && service_api(sys, &api, NULL) == 0)
                (void)api->said(unit, JOURNAL_LINES, journal_line, f, NULL);
        if (past_tried(sys, 7, STEP_RESTART_SERVICE, unit, time(NULL) - RESTART_REMEMBERED, f) == 0)
                return finding_set(f, VERDICT_FAULT, "service-failed", "%s failed (%s)", unit, how);
        finding_set(f, VERDICT_BLOCKED, "service-failed",
                    "%s failed (%s), also after a restart within the last day", unit, how);
        finding_do(f, DO_PERSON,
                   "find the reason in what it wrote (journalctl -u %s), end it, then start it: "
                   "systemctl restart %s",
                   unit, unit);
        return 0;
}
