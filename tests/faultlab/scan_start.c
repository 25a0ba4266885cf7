/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7: a connector whose scan process cannot start, or did not. */
#include "tests/faultlab/faultlab.h"

#define TOP "/opt/cisco/amp"
#define BAD_CVD TOP "/clamav/broken.cvd"
#define BAD_NDB TOP "/clamav/broken.ndb"
#define KEEP_INVALID TOP "/etc/keep-invalid"
#define SCANNER TOP "/bin/ampscansvc"
#define UNITS "/etc/systemd/system/"
#define GIVE_UP TOP "/etc/give-up"
#define LATE "faultlab-late"
#define MEMORY "faultlab-memory"
#define DISK "faultlab-disk"
#define FEED "faultlab-feed"
#define BEFORE "Before=cisco-amp.service"
#define DROP_IN UNITS "cisco-amp.service.d/faultlab.conf"
#define FIRST "/etc/faultlab-first-start"
#define MEMINFO "/etc/faultlab-meminfo"

static int invalid(const struct sys *sys, char **why)
{
        return lab_write(sys, BAD_CVD, "ClamAV-VDB:no signature file at all\n", why);
}

static int invalid_holds(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, BAD_CVD);
}

/* The connector that does not drop it by itself. */
static int invalid_kept(const struct sys *sys, char **why)
{
        int r = lab_write(sys, KEEP_INVALID, "", why);

        return r < 0 ? r : invalid(sys, why);
}

static int invalid_kept_holds(const struct sys *sys, char **why)
{
        return sys_exists(sys, KEEP_INVALID) && invalid_holds(sys, why);
}

/* A list no ClamAV reads. */
static int unloadable(const struct sys *sys, char **why)
{
        return lab_write(sys, BAD_NDB, "this is no signature\n", why);
}

static int unloadable_holds(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, BAD_NDB);
}

#define BODY "no signatures\n"

/* Whole by its header and its MD5, and yet nothing that can be loaded. */
static int unloadable_cvd(const struct sys *sys, char **why)
{
        _cleanup_free_ char *head =
                xasprintf("ClamAV-VDB:28 Nov 2026 00-00 +0000:1:1:90:%s:x:faultlab:1795824000",
                          "dd70f11b3a001e90a9774c346040db92");
        _cleanup_free_ char *text = xasprintf("%-512s%s", head, BODY);
        int r = lab_write(sys, KEEP_INVALID, "", why);

        return r < 0 ? r : lab_write(sys, BAD_CVD, text, why);
}

static int program_missing(const struct sys *sys, char **why)
{
        return LAB_RUN_INSIDE(sys, why, NULL, "chmod", "0644", SCANNER);
}

static int program_missing_holds(const struct sys *sys, char **why)
{
        struct stat st;

        (void)why;
        return sys_stat(sys, SCANNER, &st) < 0 || !(st.st_mode & 0111);
}

/* A unit NAME that runs SCRIPT once, with LINES in its [Unit] section. */
static int once_at_boot(const struct sys *sys, const char *name, const char *lines,
                        const char *script, char **why)
{
        _cleanup_free_ char *unit_path = xasprintf(UNITS "%s.service", name);
        _cleanup_free_ char *script_path = xasprintf("/etc/%s", name);
        _cleanup_free_ char *unit = xasprintf("[Unit]\n%s\n[Service]\nType=oneshot\n"
                                              "ExecStart=/bin/sh %s\n"
                                              "[Install]\nWantedBy=multi-user.target\n",
                                              lines, script_path);
        int r = lab_write(sys, unit_path, unit, why);

        return r < 0 ? r : lab_write(sys, script_path, script, why);
}

static int enable(const struct sys *sys, const char *name, char **why)
{
        return LAB_RUN_INSIDE(sys, why, NULL, "systemctl", "-q", "enable", name);
}

/* Its program could not be executed when it was to start, and nobody tries again. */
static int not_started(const struct sys *sys, char **why)
{
        int r = lab_write(sys, GIVE_UP, "", why);

        if (r == 0)
                r = program_missing(sys, why);
        if (r == 0)
                r = once_at_boot(sys, LATE, "After=cisco-amp.service",
                                 "sleep 3\nchmod 0755 " SCANNER "\n", why);
        return r < 0 ? r : enable(sys, LATE, why);
}

static int not_started_holds(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, GIVE_UP) && sys_exists(sys, UNITS LATE ".service");
}

/* The whole service fails at its first start and nobody tries again. */
static int service_failed(const struct sys *sys, char **why)
{
        int r = lab_write(sys, FIRST,
                          "[ -e /run/faultlab-second ] && exit 0\n"
                          "touch /run/faultlab-second\nexit 1\n",
                          why);

        if (r < 0)
                return r;
        return lab_write(sys, DROP_IN, "[Service]\nRestart=no\nExecStartPre=/bin/sh " FIRST "\n",
                         why);
}

static int service_failed_holds(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, DROP_IN);
}

/* The same at every start, and nobody enabled it: it was started by hand. */
static int service_failing(const struct sys *sys, char **why)
{
        int r = LAB_RUN_INSIDE(sys, why, NULL, "systemctl", "-q", "disable", "cisco-amp.service");

        if (r == 0)
                r = lab_write(sys, FIRST, "echo faultlab says why >&2\nexit 27\n", why);
        return r < 0 ? r
                     : lab_write(sys, DROP_IN,
                                 "[Service]\nRestart=no\nExecStart=\nExecStart=/bin/sh " FIRST "\n",
                                 why);
}

static int service_failing_holds(const struct sys *sys, char **why)
{
        return service_failed_holds(sys, why) &&
               !sys_exists(sys, UNITS "multi-user.target.wants/cisco-amp.service");
}

/* Hardly any memory left, as the kernel would tell it. */
static int memory_low(const struct sys *sys, char **why)
{
        int r = lab_write(sys, MEMINFO, "MemTotal: 1000000 kB\nMemAvailable: 16 kB\n", why);

        if (r == 0)
                r = once_at_boot(sys, MEMORY, BEFORE, "mount --bind " MEMINFO " /proc/meminfo\n",
                                 why);
        return r < 0 ? r : enable(sys, MEMORY, why);
}

static int memory_low_holds(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, MEMINFO) && sys_exists(sys, UNITS MEMORY ".service");
}

/* The connector on a file system of its own, of 100 MB. */
static int disk_low(const struct sys *sys, char **why)
{
        int r = once_at_boot(sys, DISK, BEFORE,
                             "set -e\ncp -a /opt/cisco /run/cisco\n"
                             "mount -t tmpfs -o size=100m,mode=0755 tmpfs /opt/cisco\n"
                             "cp -a /run/cisco/. /opt/cisco/\n",
                             why);

        return r < 0 ? r : enable(sys, DISK, why);
}

static int disk_low_holds(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, UNITS DISK ".service");
}

/* A feed that brings the same bad file again when the test starts it. */
static int recurring(const struct sys *sys, char **why)
{
        int r = invalid_kept(sys, why);

        if (r < 0)
                return r;
        return once_at_boot(sys, FEED, "",
                            "echo 'ClamAV-VDB:no signature file at all' >" BAD_CVD "\n"
                            "pkill -x ampscansvc\n",
                            why);
}

static int recurring_holds(const struct sys *sys, char **why)
{
        return sys_exists(sys, UNITS FEED ".service") && invalid_kept_holds(sys, why);
}

const struct breakage break_scan_start[] = {
        { "scan-start", "signatures-invalid", "a .cvd without a header", invalid, invalid_holds },
        { "scan-start", "signatures-kept", "the same, and a connector that does not drop it",
          invalid_kept, invalid_kept_holds },
        { "scan-start", "signatures-unloadable", "a .ndb that is none", unloadable,
          unloadable_holds },
        { "scan-start", "signatures-unloadable-cvd", "a whole .cvd with nothing to load in it",
          unloadable_cvd, invalid_kept_holds },
        { "scan-start", "program-missing", "a scan program that cannot be executed",
          program_missing, program_missing_holds },
        { "scan-start", "signatures-recurring", "the same, and a feed that brings it again",
          recurring, recurring_holds },
        { "scan-start", "not-started", "a scan program that could not be executed at first",
          not_started, not_started_holds },
        { "scan-start", "service-failed", "a service that fails at its first start", service_failed,
          service_failed_holds },
        { "scan-start", "service-failing", "a service that is not enabled and fails at every start",
          service_failing, service_failing_holds },
        { "scan-start", "memory-low", "16 KiB of memory left", memory_low, memory_low_holds },
        { "scan-start", "disk-low", "100 MB for the connector", disk_low, disk_low_holds },
        { 0 },
};
