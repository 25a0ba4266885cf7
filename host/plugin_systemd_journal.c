/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plug-in secep-systemd.so: core dumps and the last lines of a unit, from the journal. */
#include "host/systemd_journal.h"

#include <errno.h>
#include <systemd/sd-journal.h>

#include "host/logs.h"
#include "lib/util.h"

#define COREDUMP_MESSAGE "MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1"
#define FIELD_MAX ((size_t)256 * 1024)
#define ENTRIES_MAX 10000
#define SAID_MAX 256 /* lines looked at for a few that differ */

#define _cleanup_journal_ _cleanup_(journal_cleanup)

static void journal_cleanup(sd_journal **j)
{
        if (*j)
                sd_journal_close(*j);
}

/* The value of FIELD in the current entry, "" where it has none. */
static char *field(sd_journal *j, const char *name)
{
        const void *data;
        size_t len, skip = strlen(name) + 1;

        if (sd_journal_get_data(j, name, &data, &len) < 0 || len < skip)
                return xstrdup("");
        return xstrndup((const char *)data + skip, len - skip);
}

static int number(sd_journal *j, const char *name)
{
        _cleanup_free_ char *text = field(j, name);

        return (int)strtol(text, NULL, 10);
}

/* Anybody may send an entry with these fields; where it came from is the journal's own word. */
static bool is_genuine(sd_journal *j)
{
        _cleanup_free_ char *unit = field(j, "_SYSTEMD_UNIT");

        return startswith(unit, "systemd-coredump@");
}

static void tell(sd_journal *j, void (*found)(void *, const struct crash *), void *data)
{
        _cleanup_free_ char *files = field(j, "COREDUMP_OPEN_FDS");
        _cleanup_free_ char *stamp = field(j, "COREDUMP_TIMESTAMP");
        struct crash crash = { .open_files = files };
        uint64_t when = 0;
        _cleanup_free_ char *owner = field(j, "COREDUMP_UID");
        long crashed, uid;

        /* the entry is written when the dump is: seconds later on a busy machine */
        if (parse_long(stamp, 1, INT64_MAX, &crashed) == 0)
                when = (uint64_t)crashed;
        else if (sd_journal_get_realtime_usec(j, &when) < 0)
                return;
        crash.when = (int64_t)(when / 1000000);
        crash.pid = number(j, "COREDUMP_PID");
        crash.signal = number(j, "COREDUMP_SIGNAL");
        if (parse_long(owner, 0, UINT32_MAX - 1, &uid) < 0)
                return; /* whose process it was is not known */
        crash.uid = (uint32_t)uid;
        found(data, &crash);
}

int journal_crashes(const char *exe, int64_t since, void (*found)(void *, const struct crash *),
                    void *data, char **why)
{
        _cleanup_free_ char *match = xasprintf("COREDUMP_EXE=%s", exe);
        _cleanup_journal_ sd_journal *j = NULL;
        int left = ENTRIES_MAX;
        int r = sd_journal_open(&j, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);

        if (r >= 0)
                r = sd_journal_set_data_threshold(j, FIELD_MAX);
        if (r >= 0)
                r = sd_journal_add_match(j, COREDUMP_MESSAGE, 0);
        if (r >= 0)
                r = sd_journal_add_match(j, match, 0);
        if (r >= 0)
                r = sd_journal_seek_realtime_usec(j, (uint64_t)since * 1000000);
        while (r >= 0 && left-- > 0 && (r = sd_journal_next(j)) > 0)
                if (is_genuine(j))
                        tell(j, found, data);
        return r < 0 ? fail(why, r, "the journal cannot be read: %s", error_text(-r)) : 0;
}

/* What the unit's processes wrote, and what systemd (process 1) wrote of the unit. */
static int match_unit(sd_journal *j, const char *unit)
{
        _cleanup_free_ char *by = xasprintf("_SYSTEMD_UNIT=%s", unit);
        _cleanup_free_ char *about = xasprintf("UNIT=%s", unit);
        int r = sd_journal_add_match(j, by, 0);

        if (r >= 0)
                r = sd_journal_add_disjunction(j);
        if (r >= 0)
                r = sd_journal_add_match(j, "_PID=1", 0);
        return r < 0 ? r : sd_journal_add_match(j, about, 0);
}

static bool is_in(char **lines, size_t n, const char *text)
{
        for (size_t i = 0; i < n; i++)
                if (streq(lines[i], text))
                        return true;
        return false;
}

/* The last N lines of J that differ, the newest first; systemd may write one many times. */
static int last_lines(sd_journal *j, char **lines, size_t n, size_t *have)
{
        int left = SAID_MAX, r = sd_journal_seek_tail(j);

        while (r >= 0 && *have < n && left-- > 0 && (r = sd_journal_previous(j)) > 0) {
                _cleanup_free_ char *text = field(j, "MESSAGE");

                text[strcspn(text, "\n")] = '\0';
                if (!is_in(lines, *have, text))
                        lines[(*have)++] = TAKE_PTR(text);
        }
        return r;
}

int journal_said(const char *unit, unsigned n, void (*found)(void *, const char *line), void *data,
                 char **why)
{
        _cleanup_journal_ sd_journal *j = NULL;
        _cleanup_free_ char **lines = xcalloc(n + 1, sizeof(char *));
        size_t have = 0;
        int r = sd_journal_open(&j, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);

        if (r >= 0)
                r = sd_journal_set_data_threshold(j, LOG_LINE_MAX);
        if (r >= 0)
                r = match_unit(j, unit);
        if (r >= 0)
                r = last_lines(j, lines, n, &have);
        while (have > 0) {
                log_lines(lines[have - 1], strlen(lines[have - 1]), true, found, data);
                free(lines[--have]);
        }
        return r < 0 ? fail(why, r, "the journal cannot be read: %s", error_text(-r)) : 0;
}
