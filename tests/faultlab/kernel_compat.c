/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 16: a table that lets no kernel of the root pass, and a kernel without what is watched. */
#include "tests/faultlab/faultlab.h"

#include <errno.h>

#define TABLE "/etc/secep/kernel-compat.conf"
#define ONLY(id, range) "[" id "]\nDistribution=" id "\nKernel=" range "\n"
/* The shipped row of the same name is replaced, too. */
#define ALL(range) ONLY("debian", range) "[debian-10]\nDistribution=debian\nKernel=" range "\n"
#define TOO_NEW ALL("0.1-0.2")
#define TOO_OLD ALL("999.1-999.2")
#define STRANGER "ID=stranger\nVERSION_ID=1\n"

static int holds_whole(const struct sys *sys, const char *path, const char *text)
{
        _cleanup_free_ char *found = NULL;
        return sys_read(sys, path, 1 << 16, &found, NULL) == 0 && streq(found, text);
}

static int make_new(const struct sys *sys, char **why)
{
        return lab_write(sys, TABLE, TOO_NEW, why);
}

static int is_new(const struct sys *sys, char **why)
{
        (void)why;
        return holds_whole(sys, TABLE, TOO_NEW);
}

static int make_old(const struct sys *sys, char **why)
{
        return lab_write(sys, TABLE, TOO_OLD, why);
}

static int is_old(const struct sys *sys, char **why)
{
        (void)why;
        return holds_whole(sys, TABLE, TOO_OLD);
}

/* No row for the distribution, and one function only in the kernel's list. */
static int make_lacking(const struct sys *sys, char **why)
{
        int r = lab_write(sys, "/etc/os-release", STRANGER, why);
        if (r == 0)
                r = lab_write(sys, "/lib/modules/9.9.9-lab/modules.builtin", "", why);
        return r < 0 ? r
                     : lab_write(sys, "/boot/System.map-9.9.9-lab", "ffffffff81000000 T vfs_read\n",
                                 why);
}

static int is_lacking(const struct sys *sys, char **why)
{
        (void)why;
        return holds_whole(sys, "/etc/os-release", STRANGER) &&
               sys_exists(sys, "/boot/System.map-9.9.9-lab");
}

const struct breakage break_kernel_compat[] = {
        { "kernel-compat", "kernel-too-new", "a table of older kernels only", make_new, is_new },
        { "kernel-compat", "kernel-too-old", "a table of newer kernels only", make_old, is_old },
        { "kernel-compat", "kernel-lacks", "an unknown system whose kernel has one function",
          make_lacking, is_lacking },
        { 0 },
};
