/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 6: files that crash the scan process when they are scanned. */
#include "tests/faultlab/faultlab.h"

#define QUEUE "/var/spool/amp-queue"
#define POISON QUEUE "/poison.bin"
#define POISONS_ONCE 3

static int crash_loop(const struct sys *sys, char **why)
{
        return lab_write(sys, POISON, "CRASH-THE-SCANNER\n", why);
}

static int crash_loop_holds(const struct sys *sys, char **why)
{
        (void)why;
        return sys_exists(sys, POISON);
}

static char *poison_once(int number)
{
        return xasprintf(QUEUE "/once%d.bin", number);
}

static int settling(const struct sys *sys, char **why)
{
        int r = 0;

        for (int i = 0; r == 0 && i < POISONS_ONCE; i++) {
                _cleanup_free_ char *path = poison_once(i);

                r = lab_write(sys, path, "CRASH-THE-SCANNER-ONCE\n", why);
        }
        /* the scan process takes them away as they crash it */
        return r < 0 ? r : LAB_RUN_INSIDE(sys, why, NULL, "chmod", "0777", QUEUE);
}

static int settling_holds(const struct sys *sys, char **why)
{
        _cleanup_free_ char *last = poison_once(POISONS_ONCE - 1);

        (void)why;
        return sys_exists(sys, last);
}

const struct breakage break_scan_restarts[] = {
        { "scan-restarts", "crash-loop", "a file that crashes whoever scans it", crash_loop,
          crash_loop_holds },
        { "scan-restarts", "settling", "three files that do so once each", settling,
          settling_holds },
        { 0 },
};
