/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plug-in over libbpf: the proof, and the CO-RE question. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sys/syscall.h>

#include "core.skel.h"
#include "kmod-build/bpf/monitor.h"
#include "kmod-build/event.h"
#include "kmod-build/refusal.h"
#include "proof.skel.h"

#define WAIT_MS 500

extern const struct bpf_plugin bpf_plugin;

static const char *const steps[] = { [PROOF_OPEN] = "open",
                                     [PROOF_LOAD] = "load",
                                     [PROOF_ATTACH] = "attach",
                                     [PROOF_EVENT] = "event",
                                     [PROOF_DONE] = "done" };

static void tell(struct proof *p, const char *type)
{
        _cleanup_free_ char *before = p->why;
        const char *words = p->refusal == REFUSED_VERIFIER ? bpf_last_words() : "";
        p->why = xasprintf("%s%s%s: %s fails (%s): %s%s%s", before ? before : "",
                           before && *before ? "; " : "", type, steps[p->step],
                           error_text(-p->error), refusal_words(p->refusal), *words ? ": " : "",
                           words);
}

static void set_calls(struct proof_bpf *skel)
{
        long *calls = (long *)skel->rodata->calls;
        for (size_t i = 0; i < 4; i++)
                calls[i] = -1;
        calls[0] = SYS_renameat2;
#ifdef SYS_renameat
        calls[1] = SYS_renameat;
#endif
#ifdef SYS_rename
        calls[2] = SYS_rename;
#endif
}

static int attach_and_see(struct proof_bpf *skel, struct bpf_program *program, enum monitor monitor,
                          enum proof_step *step)
{
        *step = PROOF_ATTACH;
        struct bpf_link *link = bpf_program__attach(program);
        int r = (int)libbpf_get_error(link);
        if (r < 0)
                return r;
        *step = PROOF_EVENT;
        r = event_make(monitor);
        for (int64_t end = now_ms() + WAIT_MS; r == 0 && !skel->bss->hits && now_ms() < end;)
                sleep_ms(1);
        if (r == 0 && !skel->bss->hits)
                r = -ENODATA;
        bpf_link__destroy(link);
        if (r == 0)
                *step = PROOF_DONE;
        return r;
}

static int try_type(const char *name, enum monitor monitor, enum proof_step *step)
{
        bpf_hear_anew();
        *step = PROOF_OPEN;
        struct proof_bpf *skel = proof_bpf__open();
        if (!skel)
                return -errno;
        struct bpf_program *p, *wanted = NULL;
        bpf_object__for_each_program(p, skel->obj)
        {
                bool is = streq(bpf_program__name(p), name);
                bpf_program__set_autoload(p, is);
                if (is)
                        wanted = p;
        }
        struct event_maker maker;
        event_maker_name(&maker);
        event_maker_begin(&maker);
        memcpy((void *)skel->rodata->maker, maker.name, sizeof(maker.name));
        set_calls(skel);
        *step = PROOF_LOAD;
        int r = proof_bpf__load(skel);
        if (r == 0)
                r = attach_and_see(skel, wanted, monitor, step);
        event_maker_end(&maker);
        proof_bpf__destroy(skel);
        return r;
}

/* From the cheapest to what every kernel with eBPF has. */
static const char *const types[] = { "fentry", "kprobe", "raw_tp" };

static int prove(const struct sys *sys, enum monitor monitor, struct proof *out, char **why)
{
        (void)why;
        struct proof p = { .why = xstrdup("") };
        for (size_t i = 0; i < ARRAY_SIZE(types) && !p.seen; i++) {
                _cleanup_free_ char *name =
                        xasprintf("%s_%s", monitor == MONITOR_FILE ? "file" : "network", types[i]);
                p.error = try_type(name, monitor, &p.step);
                p.seen = p.error == 0;
                if (p.seen) {
                        p.type = xstrdup(types[i]);
                        p.refusal = REFUSED_NOT;
                        continue;
                }
                p.refusal = p.step == PROOF_EVENT ? REFUSED_NO_EVENT
                                                  : refusal_of(sys, p.step, p.error, bpf_words());
                tell(&p, types[i]);
        }
        *out = p;
        return 0;
}

static int core(const struct sys *sys, char **why)
{
        bpf_hear_anew();
        struct core_bpf *skel = core_bpf__open();
        int r = skel ? core_bpf__load(skel) : -errno;
        if (skel)
                core_bpf__destroy(skel);
        if (r == 0)
                return 1;
        enum proof_refusal refusal = refusal_of(sys, PROOF_LOAD, r, bpf_words());
        return fail(why, r == -EPERM || refusal_of_asker(refusal) ? -EPERM : 0,
                    "a CO-RE program does not load (%s): %s", error_text(-r),
                    refusal_words(refusal));
}

const struct bpf_plugin bpf_plugin = {
        .prove = prove,
        .core = core,
        .wants = monitor_wants,
        .monitor_open = monitor_open,
        .monitor_poll = monitor_poll,
        .monitor_close = monitor_close,
        .without_ring = &monitor_without_ring,
};
