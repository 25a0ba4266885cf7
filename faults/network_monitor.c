/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 9: the monitor that sees connections as they are made did not start. */
#include "faults/realtime.h"
#include "kmod-build/ampfsm/record.h"
#include "lib/i18n.h"

static const struct realtime network = {
        .id = 9,
        .monitor = MONITOR_NETWORK,
        .parts = 1U << PART_NETWORK,
        .what = N_("network monitor"),
        .module = AMP_NETWORK_MODULE,
        .option = OPTION_NETWORK_MONITOR,
        .console = "Enable Device Flow Correlation",
};

static int probe(const struct sys *sys, struct finding *f)
{
        return realtime_probe(sys, &network, f);
}

const struct fault fault_network_monitor = {
        .id = 9,
        .slug = "network-monitor",
        .summary = N_("Realtime network monitor failed to start"),
        .of_kernel = true,
        .restarts = true,
        .probe = probe,
        .plan = realtime_plan,
};
