/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of the nine faults. */
#include <errno.h>

#include "faults/fault.h"

/* A fault whose file is not linked yet answers "could not tell", never ok: its weak symbol is this
 * file's until faults/SLUG.c defines the real one. */
static int not_built_probe(const struct sys *sys, struct finding *f)
{
        (void)sys;
        return finding_unknown(f, -ENOSYS, "could not tell: not built yet");
}

static int not_built_plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        (void)plan;
        return not_built_probe(sys, f);
}

#define NOT_BUILT(name, number, slug_, summary_)                                                   \
        extern const struct fault name;                                                            \
        __attribute__((weak)) const struct fault name = {                                          \
                .id = number,                                                                      \
                .slug = slug_,                                                                     \
                .summary = summary_,                                                               \
                .probe = not_built_probe,                                                          \
                .plan = not_built_plan,                                                            \
        }

NOT_BUILT(fault_scan_user, 5, "scan-user", "Scan service user unavailable");
NOT_BUILT(fault_scan_restarts, 6, "scan-restarts", "Scan service restarting frequently");
NOT_BUILT(fault_scan_start, 7, "scan-start", "Scan service failed to start");
NOT_BUILT(fault_file_monitor, 8, "file-monitor", "Realtime file system monitor failed to start");
NOT_BUILT(fault_network_monitor, 9, "network-monitor", "Realtime network monitor failed to start");
NOT_BUILT(fault_kernel_headers, 11, "kernel-headers", "Required kernel-devel package is missing");
NOT_BUILT(fault_kernel_compat, 16, "kernel-compat", "Incompatible kernel");
NOT_BUILT(fault_event_overload, 18, "event-overload", "Connector event monitoring is overloaded");
extern const struct fault fault_selinux_policy;

/* Repair order: what another repair leans on comes first. 16 before 11 (headers never cure an
 * incompatible kernel), 11 and 19 before 8 and 9 (eBPF needs both), the scan service last. */
const struct fault *const faults[] = {
        &fault_scan_user,      &fault_kernel_compat,
        &fault_kernel_headers, &fault_selinux_policy,
        &fault_file_monitor,   &fault_network_monitor,
        &fault_scan_start,     &fault_scan_restarts,
        &fault_event_overload, NULL,
};

const struct fault *fault_by_id(int id)
{
        for (const struct fault *const *f = faults; *f; f++)
                if ((*f)->id == id)
                        return *f;
        return NULL;
}
