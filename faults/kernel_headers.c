/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 11: the kernel's headers, which the connector compiles its eBPF programs with, are missing.
 */
#include <errno.h>

#include "connector/connector.h"
#include "faults/gate.h"
#include "faults/kernel_btf.h"
#include "faults/kernel_functions.h"
#include "faults/kernel_headers.h"
#include "kernels/boot.h"
#include "kmod-build/prove.h"
#include "lib/i18n.h"

/* Does the connector do without headers where there is BTF? Not where its version is not known. */
static bool knows_core(const struct sys *sys, struct finding *f)
{
        _cleanup_free_ char *version = NULL, *why = NULL;
        if (connector_version(sys, &version, &why) < 0)
                finding_note(f, "the connector's version is not known: %s", why);
        finding_evidence(f, "connector version", version ? version : "not known",
                         CO_RE_SINCE " or newer, which needs no headers where the kernel has BTF");
        bool old = version && version_compare(version, CO_RE_SINCE) < 0;
        if (!old)
                finding_detail(f);
        return version && !old;
}

/* What will boot next, when it is another kernel: a warning. */
static void look_ahead(const struct sys *sys, const char *release, bool core, struct finding *f)
{
        _cleanup_free_ char *next = NULL;
        if (!sys->live || sys->release_given || boot_next(sys, &next, NULL, NULL) < 0 ||
            streq(next, release) || (core && btf_of(sys, next) == BTF_YES))
                return;
        _cleanup_finding_ struct finding other = FINDING_INIT;
        if (kernel_tree_judge(sys, next, &other) < 0 || other.verdict != VERDICT_FAULT)
                return;
        finding_note(f, "at the next boot: %s", other.why);
        finding_next_boot(f, next);
}

/* In depth the kernel itself is asked whether BTF does: it may still refuse a CO-RE load. */
static bool core_refused(const struct sys *sys, const char *release, struct finding *f)
{
        _cleanup_free_ char *why = NULL;
        if (sys->depth != DEPTH_PROVE || !sys_runs_kernel(sys, release))
                return false;
        int r = bpf_core_works(sys, &why);
        if (r < 0)
                finding_note(f, "a CO-RE load could not be tried: %s", why ? why : error_text(-r));
        else
                finding_evidence(f, "a CO-RE program", r > 0 ? "loads" : why, "loads");
        return r == 0;
}

/* Would a part of the monitoring work by the form that is compiled on the machine alone? A look asks a
 * System.map, and not the list of the kernel that runs, which takes longer than all the rest. */
static bool compiles(const struct sys *sys, const char *release, struct finding *f)
{
        if (sys->depth != DEPTH_PROVE && sys_runs_kernel(sys, release))
                return false;
        _cleanup_needs_ struct kernel_needs needs = { 0 };
        kernel_needs_ask(sys, release, PARTS_ALL, f, &needs);
        return needs.answer == NEEDS_MET && !needs.by_core;
}

static int probe(const struct sys *sys, struct finding *f)
{
        static const char *const words[] = { [BTF_UNKNOWN] =
                                                     N_("not known (no kernel configuration)"),
                                             [BTF_NO] = N_("no"),
                                             [BTF_YES] = N_("yes") };
        _cleanup_free_ char *release = NULL, *why = NULL;
        int r = kernel_gate(sys, f);
        if (r <= 0)
                return r;
        r = release_asked(sys, &release, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        bool core = knows_core(sys, f);
        enum btf btf = btf_of(sys, release);
        finding_evidence(f, "BTF in the kernel", words[btf], NULL);
        look_ahead(sys, release, core, f);
        if (core && btf == BTF_YES && !core_refused(sys, release, f) && !compiles(sys, release, f))
                return finding_set(f, VERDICT_OK, NULL,
                                   "headers are not needed: kernel %s has BTF and the connector "
                                   "is " CO_RE_SINCE " or newer",
                                   release);
        return kernel_tree_judge(sys, release, f);
}

static const struct fault_failure failures[] = {
        { -ENOENT, VERDICT_BLOCKED, "package-gone" },
        { -EACCES, VERDICT_BLOCKED, "package-hidden" },
        { -ENOKEY, VERDICT_BLOCKED, "key-not-accepted" },
        { -ENETDOWN, VERDICT_FAULT, "repository-unreachable" },
        { -EAGAIN, VERDICT_FAULT, "packages-locked" },
        { 0 },
};

const struct fault fault_kernel_headers = {
        .id = 11,
        .slug = "kernel-headers",
        .summary = N_("Required kernel-devel package is missing"),
        .of_kernel = true,
        .restarts = true,
        .failures = failures,
        .probe = probe,
        .plan = kernel_headers_plan,
};
