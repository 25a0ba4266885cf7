/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 6: a file that crashes the scan process each time it is scanned. */
#include "tests/faultlab/faultlab.h"

#define POISON "/var/spool/amp-queue/poison.bin"

static int crash_loop(const struct sys *sys, char **why)
{
        return lab_write(sys, POISON, "CRASH-THE-SCANNER\n", why);
}

static int crash_loop_holds(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, POISON);
}

const struct breakage break_scan_restarts[] = {
        { "scan-restarts", "crash-loop", "a file that crashes whoever scans it", crash_loop,
          crash_loop_holds },
        { 0 },
};
