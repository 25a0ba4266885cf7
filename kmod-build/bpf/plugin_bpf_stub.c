/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plug-in where clang, bpftool or libbpf was missing when it was built. */
#include <errno.h>

#include "kmod-build/prove.h"

extern const struct bpf_plugin bpf_plugin;

static int prove(const struct sys *sys, enum monitor monitor, struct proof *out, char **why)
{
        (void)sys, (void)monitor, (void)out;
        return fail(why, -ENOSYS, "built without eBPF");
}

static int core(const struct sys *sys, char **why)
{
        (void)sys;
        return fail(why, -ENOSYS, "built without eBPF");
}

static int wants(const struct sys *sys, struct bpf_want *wanted, size_t n, char **why)
{
        (void)sys, (void)wanted, (void)n;
        return fail(why, -ENOSYS, "built without eBPF");
}

const struct bpf_plugin bpf_plugin = { .prove = prove, .core = core, .wants = wants };
