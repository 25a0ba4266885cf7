/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SCAN_HISTORY. */
#include "monitor/scan_history.h"

#include <errno.h>

#include "lib/edit.h"

#define HISTORY_DIR "/var/lib/secep/monitor"
#define HISTORY_MAX ((size_t)256 * 1024)

static char *start_text(const struct process *scanner, const struct process *daemon)
{
        return xasprintf("%d %llu %d %llu\n", scanner->pid, (unsigned long long)scanner->start,
                         daemon->pid, (unsigned long long)daemon->start);
}

char *scan_history_add(const char *text, int64_t epoch, const struct process *scanner,
                       const struct process *daemon)
{
        _cleanup_free_ char *start = start_text(scanner, daemon);
        size_t lines = 0;
        for (const char *p = text; (p = strchr(p, '\n')); p++)
                lines++;
        for (; lines >= HISTORY_KEPT; lines--)
                text = strchr(text, '\n') + 1;
        return xasprintf("%s%lld %s", text, (long long)epoch, start);
}

int scan_history_write(const struct sys *sys, int64_t epoch, const struct process *scanner,
                       const struct process *daemon, char **why)
{
        _cleanup_free_ char *text = NULL, *start = start_text(scanner, daemon);
        int r = sys_read_nolinks(sys, SCAN_HISTORY, HISTORY_MAX, &text, NULL);
        if (r == 0 && strstr(text, start))
                return 0;
        r = sys_mkdirs(sys, HISTORY_DIR, 0700);
        if (r < 0)
                return fail(why, r, "%s: %s", HISTORY_DIR, sys_why(r));
        _cleanup_free_ char *more = scan_history_add(text ? text : "", epoch, scanner, daemon);
        return edit_replace(sys, SCAN_HISTORY, more, strlen(more), 0644, why);
}
