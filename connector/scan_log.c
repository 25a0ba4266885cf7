/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Crash lines of the scan process's log. */
#include "connector/scan_log.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>
#include <string.h>
#include <time.h>

#include "connector/paths.h"
#include "host/logs.h"
#include "lib/util.h"

#define DAY (24L * 3600)

/* "2026-11-28 03:04:05", with T for the blank, after at most a bracket. */
static int64_t iso_time(const char *line)
{
        struct tm tm = { .tm_isdst = -1 };
        line += strspn(line, "[ (");
        const char *at = strptime(line, "%Y-%m-%d", &tm);
        if (!at || (*at != ' ' && *at != 'T') || !strptime(at + 1, "%H:%M:%S", &tm))
                return 0;
        time_t t = mktime(&tm);
        return t > 0 ? t : 0;
}

/* "Nov 28 03:04:05", of this year or the last. */
static int64_t syslog_time(const char *line)
{
        time_t now = time(NULL);
        struct tm tm;
        if (!localtime_r(&now, &tm) || !strptime(line, "%b %d %H:%M:%S", &tm))
                return 0;
        tm.tm_isdst = -1;
        time_t t = mktime(&tm);
        if (t > now + DAY) {
                tm.tm_year--;
                t = mktime(&tm);
        }
        return t > 0 ? t : 0;
}

int64_t scan_log_time(const char *line)
{
        int64_t when = iso_time(line);
        return when ? when : syslog_time(line);
}

/* "signal 11" and its like: those that end a program which went wrong. */
static bool names_fatal_signal(const char *text)
{
        static const long fatal[] = { 4, 6, 7, 8, 11 };
        const char *at = strcasestr(text, "signal ");
        long number = at ? strtol(at + strlen("signal "), NULL, 10) : 0;
        for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
                if (number == fatal[i])
                        return true;
        return false;
}

bool scan_log_crash(const char *line, int64_t *when)
{
        _cleanup_free_ char *text = xstrndup(line, strcspn(line, "/"));
        if (!strcasestr(text, "crash") && !strcasestr(text, "segmentation fault") &&
            !names_fatal_signal(text))
                return false;
        *when = scan_log_time(line);
        return true;
}

struct reading {
        int64_t since;
        struct scan_log log;
};

static void take(void *data, const char *line)
{
        struct reading *r = data;
        int64_t when;
        if (!scan_log_crash(line, &when))
                return;
        if (when == 0)
                r->log.undated += r->log.written >= r->since;
        else if (when >= r->since)
                r->log.crashes++;
        if (when >= r->since && when > r->log.last)
                r->log.last = when;
}

int scan_log_read(const struct sys *sys, int64_t since, struct scan_log *out)
{
        const char *path = connector_path(sys, PATH_SCAN_LOG);
        struct reading r = { .since = since };
        struct stat st;
        if (sys_lstat_nolinks(sys, path, &st) < 0)
                return 0;
        r.log.written = st.st_mtime;
        int read = log_tail(sys, path, take, &r);
        if (read < 0 && read != -ENOENT)
                return read;
        *out = r.log;
        return 0;
}
