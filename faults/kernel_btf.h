/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BTF, what eBPF programs that are not compiled on the machine need of a kernel. */
#ifndef SECEP_FAULTS_KERNEL_BTF_H
#define SECEP_FAULTS_KERNEL_BTF_H

#include "lib/sys.h"

/* Has kernel RELEASE BTF? Of the running one /sys tells, of another its configuration
 * (kernels/config.h). */
enum btf { BTF_UNKNOWN, BTF_NO, BTF_YES };
enum btf btf_of(const struct sys *sys, const char *release);

#endif
