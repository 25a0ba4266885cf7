/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SECEP_FAULTS_TABLE_H
#define SECEP_FAULTS_TABLE_H

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

#define FAULTS_ONE(name) +1
enum { FAULTS_COUNT = 0 FAULTS(FAULTS_ONE) };

#endif
