/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Has a kernel BTF? */
#include "faults/kernel_btf.h"

#include "kernels/config.h"
#include "lib/util.h"

enum btf btf_of(const struct sys *sys, const char *release)
{
        _cleanup_free_ char *text = NULL;
        if (sys_runs_kernel(sys, release))
                return sys_exists(sys, "/sys/kernel/btf/vmlinux") ? BTF_YES : BTF_NO;
        if (kernel_config_read(sys, release, &text) < 0)
                return BTF_UNKNOWN;
        return kernel_config_value(text, "DEBUG_INFO_BTF") == 'y' ? BTF_YES : BTF_NO;
}
