/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of the nine faults. */
#include "faults/fault.h"

/* Each is the const struct at the end of a file of this room. */
extern const struct fault fault_scan_user, fault_scan_restarts, fault_scan_start,
        fault_file_monitor, fault_network_monitor, fault_kernel_headers, fault_kernel_compat,
        fault_event_overload, fault_selinux_policy;

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
