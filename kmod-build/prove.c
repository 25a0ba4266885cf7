/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way to the eBPF plug-in. */
#include "kmod-build/prove.h"

#include <errno.h>

#include "lib/plugin.h"

static int open_plugin(const struct sys *sys, const struct bpf_plugin **out, char **why)
{
        const void *found = NULL;
        if (!sys->live)
                return fail(why, -EOPNOTSUPP, "a root that is not running has no kernel to ask");
        int r = plugin_open("bpf", "bpf_plugin", &found, why);
        if (r == 0)
                *out = found;
        return r;
}

int bpf_prove(const struct sys *sys, enum monitor monitor, struct proof *out, char **why)
{
        const struct bpf_plugin *plugin = NULL;
        int r = open_plugin(sys, &plugin, why);
        return !plugin ? r : plugin->prove(sys, monitor, out, why);
}

int bpf_core_works(const struct sys *sys, char **why)
{
        const struct bpf_plugin *plugin = NULL;
        int r = open_plugin(sys, &plugin, why);
        return !plugin ? r : plugin->core(sys, why);
}

int bpf_has(const struct sys *sys, struct bpf_want *wants, size_t n, char **why)
{
        const struct bpf_plugin *plugin = NULL;
        int r = open_plugin(sys, &plugin, why);
        return !plugin ? r : plugin->wants(sys, wants, n, why);
}

void proof_free(struct proof *proof)
{
        free(proof->type);
        free(proof->why);
        *proof = (struct proof){ 0 };
}
