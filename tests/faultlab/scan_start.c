/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 7: a connector whose scan process cannot start, or did not. */
#include "tests/faultlab/faultlab.h"

#define TOP "/opt/cisco/amp"
#define BAD_CVD TOP "/clamav/broken.cvd"
#define KEEP_INVALID TOP "/etc/keep-invalid"
#define SCANNER TOP "/bin/ampscansvc"
#define UNITS "/etc/systemd/system/"
#define MEMINFO_UNIT UNITS "faultlab-meminfo.service"
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

/* The service fails at its first start and nobody tries again. */
static int not_started(const struct sys *sys, char **why)
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

static int not_started_holds(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, DROP_IN);
}

/* The same on a machine with hardly any memory left, as its kernel would tell it. */
static int memory_low(const struct sys *sys, char **why)
{
        static const char unit[] = "[Unit]\nDefaultDependencies=no\nBefore=cisco-amp.service\n"
                                   "[Service]\nType=oneshot\nRemainAfterExit=yes\n"
                                   "ExecStart=/bin/mount --bind " MEMINFO " /proc/meminfo\n"
                                   "[Install]\nWantedBy=sysinit.target\n";
        int r = lab_write(sys, MEMINFO, "MemTotal: 1000000 kB\nMemAvailable: 16 kB\n", why);

        if (r == 0)
                r = lab_write(sys, MEMINFO_UNIT, unit, why);
        if (r == 0)
                r = LAB_RUN_INSIDE(sys, why, NULL, "systemctl", "-q", "enable",
                                   "faultlab-meminfo.service");
        return r < 0 ? r : not_started(sys, why);
}

static int memory_low_holds(const struct sys *sys, char **why)
{
        return sys_exists(sys, MEMINFO_UNIT) && not_started_holds(sys, why);
}

const struct breakage break_scan_start[] = {
        { "scan-start", "signatures-invalid", "a .cvd without a header", invalid, invalid_holds },
        { "scan-start", "signatures-kept", "the same, and a connector that does not drop it",
          invalid_kept, invalid_kept_holds },
        { "scan-start", "program-missing", "a scan program that cannot be executed",
          program_missing, program_missing_holds },
        { "scan-start", "not-started", "a service that fails at its first start", not_started,
          not_started_holds },
        { "scan-start", "memory-low", "the same with 16 KiB of memory left", memory_low,
          memory_low_holds },
        { 0 },
};
