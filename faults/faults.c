/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of the nine faults. */
#include "faults/fault.h"

/* A line a fault: fault_NAME, the const struct at the end of a file of this room. In repair order:
 * what another repair leans on comes first. 16 before 11 (headers never cure an incompatible
 * kernel), 11 and 19 before 8 and 9 (eBPF needs both), the scan service last. */
#define FAULTS(X)                                                                                  \
        X(scan_user)                                                                               \
        X(kernel_compat)                                                                           \
        X(kernel_headers)                                                                          \
        X(selinux_policy)                                                                          \
        X(file_monitor)                                                                            \
        X(network_monitor)                                                                         \
        X(scan_start)                                                                              \
        X(scan_restarts)                                                                           \
        X(event_overload)

#define DECLARE(name) extern const struct fault fault_##name;
FAULTS(DECLARE)

#define LIST(name) &fault_##name,
const struct fault *const faults[] = { FAULTS(LIST) NULL };

const struct fault *fault_by_id(int id)
{
        for (const struct fault *const *f = faults; *f; f++)
                if ((*f)->id == id)
                        return *f;
        return NULL;
}
