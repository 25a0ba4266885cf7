/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts of scan processes in the monitor's history. */
#include "connector/crashes.h"

#include <errno.h>

#define HISTORY_MAX ((size_t)1 << 20)
#define WITH_DAEMON_MS 60000
#define NUMBER_MAX 1000000000000000LL /* no clock of ours gets there */

enum start_field { WHEN, PID, START, DAEMON_PID, DAEMON_START, START_FIELDS };

/* The numbers of one line; false where it has not that many. */
static bool start_line(const char *line, long long out[START_FIELDS])
{
        for (int i = 0; i < START_FIELDS; i++) {
                char *end;

                out[i] = strtoll(line, &end, 10);
                if (end == line || out[i] < 0 || out[i] > NUMBER_MAX)
                        return false;
                line = end;
        }
        return true;
}

void scan_starts_parse(const char *text, const struct process *daemon, int64_t since,
                       struct scan_starts *out)
{
        *out = (struct scan_starts){ 0 };
        for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
                _cleanup_free_ char *line = xstrndup(text, strcspn(text, "\n"));
                long long f[START_FIELDS];

                if (!start_line(line, f) || f[WHEN] < since ||
                    f[START] <= f[DAEMON_START] + WITH_DAEMON_MS)
                        continue;
                out->count +=
                        f[DAEMON_PID] == daemon->pid && f[DAEMON_START] == (long long)daemon->start;
                out->last = f[WHEN] > out->last ? f[WHEN] : out->last;
        }
}

int scan_starts_read(const struct sys *sys, const struct process *daemon, int64_t since,
                     struct scan_starts *out)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read_nolinks(sys, SCAN_HISTORY, HISTORY_MAX, &text, NULL);

        if (r < 0)
                return -ENOENT;
        scan_starts_parse(text, daemon, since, out);
        return 0;
}
