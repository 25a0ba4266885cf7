/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mechanism of faults 8 and 9: eBPF first, a module where eBPF does not do. */
#include "faults/gate.h"
#include "faults/kernel_functions.h"
#include "faults/realtime.h"

#include <errno.h>

#include "kernels/boot.h"
#include "kernels/config.h"
#include "lib/i18n.h"
#include "kmod-build/sign.h"
#include "kmod-build/tree.h"
#include "packages/packages.h"

/* Of debugfs: 1 or 0. Nothing else tells it. */
#define PROBES_ENABLED "/sys/kernel/debug/kprobes/enabled"

/* --- eBPF --- */

/* The two that have to be built in, and what each follows from: an excerpt may leave that out, and
 * where it says no, it is no. */
static bool config_lets(const char *config)
{
        static const char *const wanted[] = { "BPF_EVENTS", "KPROBE_EVENTS" }, *const assumed[] = {
                "BPF", "BPF_SYSCALL", "KPROBES"
        };
        bool lets = true;
        for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
                lets &= kernel_config_value(config, wanted[i]) == 'y';
        for (size_t i = 0; i < ARRAY_SIZE(assumed); i++)
                lets &= kernel_config_value(config, assumed[i]) != 'n';
        return lets;
}

/* Looked at only: kprobes as events, and eBPF on them. */
static bool ebpf_looks_possible(const struct sys *sys, const char *release, bool running,
                                bool *known)
{
        _cleanup_tree_ struct tree tree = { 0 };
        _cleanup_free_ char *text = NULL;
        *known = true;
        if (running)
                return sys_exists(sys, "/sys/bus/event_source/devices/kprobe") &&
                       sys_exists(sys, "/proc/sys/kernel/unprivileged_bpf_disabled");
        if (kernel_config_read(sys, release, &text) == 0)
                return config_lets(text);
        *known = tree_open(sys, release, &tree, NULL) == 0;
        return *known && tree.ebpf;
}

/* The connector's programs probe functions: seeing system calls alone is not enough for them. */
static bool probes_functions(const struct proof *proof)
{
        return proof->seen && !streq(proof->type, "raw_tp");
}

/* 1 eBPF does, 0 it does not (evidence tells why), -errno: could not tell. */
static int ebpf(const struct sys *sys, const struct realtime *rt, const char *release,
                struct finding *f)
{
        _cleanup_proof_ struct proof proof = { 0 };
        _cleanup_free_ char *why = NULL;
        bool known, running = sys_runs_kernel(sys, release);
        bool possible = ebpf_looks_possible(sys, release, running, &known);
        if (!known)
                return finding_unknown(f, -ENODATA,
                                       "kernel %s is not running and has neither a configuration "
                                       "in /boot nor a header tree to ask",
                                       release);
        if (sys->depth != DEPTH_PROVE || !running) {
                finding_evidence(f, "eBPF on kprobes", possible ? "yes" : "no", "yes");
                return possible;
        }
        int r = bpf_prove(sys, rt->monitor, &proof, &why);
        if (r < 0) {
                finding_evidence(f, "eBPF proof", why, "an event made on purpose arrives");
                finding_note(f, "eBPF was only looked at: %s", why);
                return possible;
        }
        _cleanup_free_ char *told =
                !proof.seen ? xstrdup(proof.why)
                : probes_functions(&proof)
                        ? xasprintf(_("arrived through %s"), proof.type)
                        : xasprintf(_("arrived through %s, which probes no function"), proof.type);
        finding_evidence(f, "an event made on purpose", told, "arrives through fentry or kprobe");
        if (!possible) /* fentry does, and the connector's programs are kprobes */
                finding_evidence(f, "eBPF on kprobes", "no", "yes");
        return possible && probes_functions(&proof);
}

/* eBPF does: have the connector's programs what they are hung on, too? Where nobody lists the
 * functions the configuration has said what there is to say. */
static int functions(const struct sys *sys, const struct realtime *rt, const char *release,
                     struct finding *f)
{
        _cleanup_needs_ struct kernel_needs needs = { 0 };
        kernel_needs_ask(sys, release, rt->parts, f, &needs);
        if (needs.answer == NEEDS_MET ||
            (needs.answer == NEEDS_UNTOLD && !needs.listed && needs.options))
                return finding_set(f, VERDICT_OK, NULL, "the %s can use eBPF on kernel %s",
                                   _(rt->what), release);
        if (needs.answer == NEEDS_UNTOLD)
                return finding_unknown(f, -ENODATA,
                                       "whether the %s can use eBPF on kernel %s is not known: %s",
                                       _(rt->what), release, needs.told);
        if (needs.none)
                return finding_set(f, VERDICT_BLOCKED, "symbols-missing",
                                   "kernel %s has none of the functions that the %s probes",
                                   release, _(rt->what));
        if (realtime_has_module(sys, rt, release))
                return realtime_module(sys, rt, release, f);
        return finding_set(f, VERDICT_BLOCKED, "kernel-lacks",
                           "kernel %s lacks what the connector's %s needs: %s", release,
                           _(rt->what), needs.told);
}

static int ready(const struct sys *sys, const struct realtime *rt, const char *release,
                 struct finding *f)
{
        struct sign_state state;
        sign_state(sys, &state);
        if (sys_runs_kernel(sys, release) && state.lockdown == LOCKDOWN_CONFIDENTIALITY)
                return finding_set(f, VERDICT_BLOCKED, "lockdown-confidentiality",
                                   "the kernel's lockdown is \"confidentiality\", which "
                                   "denies eBPF its reads");
        int r = ebpf(sys, rt, release, f);
        return r > 0   ? functions(sys, rt, release, f)
               : r < 0 ? r
                       : realtime_module(sys, rt, release, f);
}

/* Does the kernel run into probes at all? Switched off, they are hung on functions as ever, and none is
 * called; fentry goes on, so that a proof by it says nothing of them. False: off, and the finding is made. */
static bool probes_are_on(const struct sys *sys, const struct realtime *rt, const char *release,
                          struct finding *f)
{
        static const char what[] = N_("the kernel's probes");
        _cleanup_free_ char *text = NULL;
        if (!sys_runs_kernel(sys, release))
                return true;
        int r = sys_read(sys, PROBES_ENABLED, 16, &text, NULL);
        bool off = r == 0 && *text == '0';
        finding_evidence(f, what,
                         r < 0 ? N_("not asked (debugfs cannot be read)")
                         : off ? N_("off")
                               : N_("on"),
                         N_("on"));
        finding_detail(f);
        if (off)
                finding_set(f, VERDICT_BLOCKED, "probes-off",
                            "the kernel's probes are switched off (%s is 0): the %s sees nothing",
                            PROBES_ENABLED, _(rt->what));
        return !off;
}

int realtime_probe(const struct sys *sys, const struct realtime *rt, struct finding *f)
{
        _cleanup_free_ char *release = NULL, *why = NULL;
        int r = policy_gate(sys, rt->option, rt->console, f);
        if (r <= 0)
                return r;
        r = release_asked(sys, &release, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        if (!probes_are_on(sys, rt, release, f))
                return 0;
        enum says says = realtime_word(sys, rt, release, f);
        if (says == SAYS_DONE)
                return f->verdict == VERDICT_UNKNOWN ? -EIO : 0;
        r = ready(sys, rt, release, f);
        if (r == 0 && f->verdict == VERDICT_OK && says == SAYS_FAULT)
                finding_set(f, VERDICT_FAULT, "connector-disagrees",
                            "the kernel is ready for the %s and the connector runs without it: it "
                            "sets up its monitors only when it starts",
                            _(rt->what));
        return r;
}
