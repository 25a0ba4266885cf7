/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Function by function and map by map: has the running kernel what a monitor would need? */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "kmod-build/bpf/monitor.h"
#include "kmod-build/refusal.h"
#include "trivial.skel.h"

#define MAP_TYPES_MAX 64 /* more than libbpf can name yet */

static bool has_map(const char *name)
{
        for (unsigned type = 1; type < MAP_TYPES_MAX; type++) {
                const char *known = libbpf_bpf_map_type_str((enum bpf_map_type)type);
                if (known && streq(known, name))
                        return libbpf_probe_bpf_map_type((enum bpf_map_type)type, NULL) == 1;
        }
        return false;
}

/* Hangs the program on the function and takes it off. 1, 0: it cannot be probed, or -errno: that was
 * not the function's fault. */
static int hang_on(const struct bpf_program *program, const struct bpf_want *want)
{
        struct bpf_link *link =
                bpf_program__attach_kprobe(program, want->kind == BPF_WANT_RETURN, want->name);
        int r = (int)libbpf_get_error(link);
        if (r == 0)
                bpf_link__destroy(link);
        if (r == -EPERM || r == -EACCES || r == -ENOMEM || r == -EMFILE || r == -ENFILE)
                return r;
        return r == 0;
}

static int hang_all(const struct bpf_program *program, struct bpf_want *wants, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                int r = wants[i].kind == BPF_WANT_MAP ? has_map(wants[i].name)
                                                      : hang_on(program, &wants[i]);
                if (r < 0)
                        return r;
                wants[i].has = r > 0;
        }
        return 0;
}

int monitor_wants(const struct sys *sys, struct bpf_want *wants, size_t n, char **why)
{
        enum proof_step step = PROOF_LOAD;
        bpf_hear_anew();
        struct trivial_bpf *skel = trivial_bpf__open_and_load();
        int r = skel ? 0 : -errno;
        if (r == 0) {
                step = PROOF_ATTACH;
                r = hang_all(skel->progs.trivial, wants, n);
                trivial_bpf__destroy(skel);
        }
        return r < 0 ? fail(why, r, "%s (%s)", error_text(-r),
                            refusal_words(refusal_of(sys, step, r, bpf_words())))
                     : 0;
}
