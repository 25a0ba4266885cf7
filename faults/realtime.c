/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mechanism of faults 8 and 9: eBPF first, a module where eBPF does not do. */
#include "faults/gate.h"
#include "faults/realtime.h"

#include <errno.h>

#include "connector/ampcli.h"
#include "connector/paths.h"
#include "host/process.h"
#include "kernels/boot.h"
#include "lib/i18n.h"
#include "kmod-build/sign.h"
#include "kmod-build/tree.h"
#include "packages/packages.h"

#define CONFIG_MAX ((size_t)4 << 20)

/* --- the connector's own word --- */

enum says { SAYS_NOTHING, SAYS_WELL, SAYS_FAULT };

/* An open eBPF program, or the module's device, among the fds of process PID. */
static enum says fds_say(const struct sys *sys, const struct realtime *rt, int pid)
{
        _cleanup_free_ char *path = xasprintf("/proc/%d/fd", pid),
                            *device = xasprintf("/dev/%s", rt->module);
        _cleanup_closedir_ DIR *dir = NULL;
        if (sys_opendir(sys, path, &dir) < 0)
                return SAYS_NOTHING;
        for (struct dirent *e; (e = readdir(dir));) {
                char target[256];
                ssize_t n = readlinkat(dirfd(dir), e->d_name, target, sizeof(target) - 1);
                if (n <= 0)
                        continue;
                target[n] = '\0';
                if (streq(target, "anon_inode:bpf-prog") || streq(target, device))
                        return SAYS_WELL;
        }
        return SAYS_FAULT;
}

static enum says daemon_says(const struct sys *sys, const struct realtime *rt, struct finding *f)
{
        _cleanup_free_ struct process *found = NULL;
        size_t n = 0;
        enum says says = SAYS_NOTHING;
        if (process_find(sys, connector_path(sys, PATH_DAEMON), &found, &n, NULL) < 0)
                return SAYS_NOTHING;
        for (size_t i = 0; i < n && says != SAYS_WELL; i++)
                says = fds_say(sys, rt, found[i].pid);
        finding_evidence(f, "ampdaemon",
                         says == SAYS_WELL    ? "holds its monitor's programs or device open"
                         : says == SAYS_FAULT ? "runs without a monitor open"
                                              : "not running, or cannot be inspected",
                         NULL);
        return says;
}

static enum says connector_word(const struct sys *sys, const struct realtime *rt, struct finding *f)
{
        _cleanup_ampcli_ struct ampcli_status status = { 0 };
        if (!sys->live)
                return SAYS_NOTHING;
        if (sys->depth == DEPTH_PROVE && ampcli_ask(sys, &status, NULL) == 0) {
                bool raised = ampcli_fault(&status, rt->id) != NULL;
                finding_evidence(f, "ampcli",
                                 raised ? "reports the fault" : "reports no such fault", NULL);
                return raised ? SAYS_FAULT : SAYS_WELL;
        }
        return daemon_says(sys, rt, f);
}

/* --- eBPF --- */

/* Looked at only: kprobes as events, and eBPF on them. */
static bool ebpf_looks_possible(const struct sys *sys, const char *release, bool running,
                                bool *known)
{
        _cleanup_tree_ struct tree tree = { 0 };
        _cleanup_free_ char *path = xasprintf("/boot/config-%s", release), *text = NULL;
        *known = true;
        if (running)
                return sys_exists(sys, "/sys/bus/event_source/devices/kprobe") &&
                       sys_exists(sys, "/proc/sys/kernel/unprivileged_bpf_disabled");
        if (sys_read(sys, path, CONFIG_MAX, &text, NULL) == 0)
                return strstr(text, "\nCONFIG_BPF_EVENTS=y\n") &&
                       strstr(text, "\nCONFIG_KPROBE_EVENTS=y\n");
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
        _cleanup_free_ char *told = xasprintf(
                "%s%s%s", proof.seen ? "arrived through " : proof.why, proof.seen ? proof.type : "",
                proof.seen && !probes_functions(&proof) ? _(", which probes no function") : "");
        finding_evidence(f, "an event made on purpose", told, "arrives through fentry or kprobe");
        return probes_functions(&proof);
}

static int ready(const struct sys *sys, const struct realtime *rt, const char *release,
                 struct finding *f)
{
        struct sign_state state;
        sign_state(sys, &state);
        if (sys_runs_kernel(sys, release) && state.lockdown == LOCKDOWN_CONFIDENTIALITY)
                return realtime_blocked(rt, f, "lockdown-confidentiality",
                                        "the kernel's lockdown is \"confidentiality\", which "
                                        "denies eBPF its reads");
        int r = ebpf(sys, rt, release, f);
        if (r < 0)
                return r;
        if (r > 0)
                return finding_set(f, VERDICT_OK, NULL, "the %s can use eBPF on kernel %s",
                                   _(rt->what), release);
        return realtime_module(sys, rt, release, f);
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
        int installed = connector_installed(sys, &why);
        if (installed < 0)
                return finding_unknown(f, installed, "%s", why);
        enum says says = installed && sys_runs_kernel(sys, release) ? connector_word(sys, rt, f)
                                                                    : SAYS_NOTHING;
        if (says == SAYS_WELL)
                return finding_set(f, VERDICT_OK, NULL, "the connector's %s is running",
                                   _(rt->what));
        r = ready(sys, rt, release, f);
        if (r == 0 && f->verdict == VERDICT_OK && says == SAYS_FAULT)
                finding_set(f, VERDICT_FAULT, "connector-disagrees",
                            "the kernel is ready for the %s and the connector runs without it: it "
                            "sets up its monitors only when it starts",
                            _(rt->what));
        return r;
}
