/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 8: the monitor that sees files copied and moved as it happens did not start. */
#include "faults/realtime.h"
#include "kmod-build/ampfsm/record.h"
#include "lib/i18n.h"

static const struct realtime file = {
        .id = 8,
        .monitor = MONITOR_FILE,
        .parts = 1U << PART_FILES,
        .what = N_("file system monitor"),
        .module = AMP_FILE_MODULE,
        .option = OPTION_FILE_MONITOR,
        .console = "Monitor File Copies and Moves",
};

static int probe(const struct sys *sys, struct finding *f)
{
        return realtime_probe(sys, &file, f);
}

const struct fault fault_file_monitor = {
        .id = 8,
        .slug = "file-monitor",
        .summary = N_("Realtime file system monitor failed to start"),
        .of_kernel = true,
        .restarts = true,
        .probe = probe,
        .plan = realtime_plan,
};
