/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 18: programs that open files as fast as they can. */
#include "tests/faultlab/faultlab.h"

#define UNITS "/etc/systemd/system/"
#define BEARABLE "/opt/cisco/amp/etc/overload-events"
#define COPIES 8

/* A service NAME that runs PROGRAM over and over, for SECONDS from its start (0: for ever). */
static int busy_unit(const struct sys *sys, const char *name, const char *program, int seconds,
                     char **why)
{
        _cleanup_free_ char *path = xasprintf("%s%s.service", UNITS, name);
        _cleanup_free_ char *script = xasprintf("/etc/faultlab-%s", name);
        _cleanup_free_ char *loop = xasprintf("while :; do\n%s -rqs no-such-needle /usr/share "
                                              "/usr/lib/systemd /etc\ndone\n",
                                              program);
        _cleanup_free_ char *unit = xasprintf("[Service]\nRuntimeMaxSec=%s\nExecStart=/bin/sh %s\n"
                                              "[Install]\nWantedBy=multi-user.target\n",
                                              seconds ? "3" : "infinity", script);
        int r = lab_write(sys, path, unit, why);

        if (r == 0)
                r = lab_write(sys, script, loop, why);
        if (r == 0) /* too much for it also where a busy machine leaves the program little time */
                r = lab_write(sys, BEARABLE, "500\n", why);
        if (r < 0 || seconds)
                return r;
        return LAB_RUN_INSIDE(sys, why, NULL, "systemctl", "-q", "enable", name);
}

static int verified(const struct sys *sys, char **why)
{
        return busy_unit(sys, "busy", "/usr/bin/grep", 0, why);
}

static int copy_of_grep(const struct sys *sys, const char *to, char **why)
{
        int r = LAB_RUN_INSIDE(sys, why, NULL, "mkdir", "-p", "/opt/tool");

        return r < 0 ? r : LAB_RUN_INSIDE(sys, why, NULL, "cp", "/usr/bin/grep", to);
}

static int unverified(const struct sys *sys, char **why)
{
        int r = copy_of_grep(sys, "/opt/tool/indexer", why);

        return r < 0 ? r : busy_unit(sys, "busy", "/opt/tool/indexer", 0, why);
}

static int spread(const struct sys *sys, char **why)
{
        int r = 0;

        for (int i = 0; r == 0 && i < COPIES; i++) {
                _cleanup_free_ char *to = xasprintf("/opt/tool/worker%d", i);
                _cleanup_free_ char *name = xasprintf("busy%d", i);

                r = copy_of_grep(sys, to, why);
                if (r == 0)
                        r = busy_unit(sys, name, to, 0, why);
        }
        return r;
}

/* Started by the test when it wants it, and stopped. */
static int burst(const struct sys *sys, char **why)
{
        return busy_unit(sys, "burst", "/usr/bin/grep", 30, why);
}

static bool has_unit(const struct sys *sys, const char *name)
{
        _cleanup_free_ char *path = xasprintf("%s%s.service", UNITS, name);

        return sys_exists(sys, path);
}

static int verified_holds(const struct sys *sys, char **why)
{
        (void)why;
        return has_unit(sys, "busy") && !sys_exists(sys, "/opt/tool/indexer");
}

static int unverified_holds(const struct sys *sys, char **why)
{
        (void)why;
        return has_unit(sys, "busy") && sys_exists(sys, "/opt/tool/indexer");
}

static int spread_holds(const struct sys *sys, char **why)
{
        (void)why;
        return has_unit(sys, "busy0");
}

static int burst_holds(const struct sys *sys, char **why)
{
        (void)why;
        return has_unit(sys, "burst");
}

const struct breakage break_event_overload[] = {
        { "event-overload", "busy-verified",
          "a program of the distribution opens files without end", verified, verified_holds },
        { "event-overload", "busy-unverified", "a program nobody shipped does", unverified,
          unverified_holds },
        { "event-overload", "busy-spread", "eight programs do", spread, spread_holds },
        { "event-overload", "short-burst", "one that may do it for half a minute", burst,
          burst_holds },
        { 0 },
};
