/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 16: the connector cannot work with this kernel. */
#include <errno.h>

#include "connector/ampcli.h"
#include "connector/connector.h"
#include "faults/kernel_compat.h"
#include "faults/kernel_functions.h"
#include "kernels/boot.h"
#include "lib/i18n.h"

/* No row: what its programs need is asked of the kernel itself. */
static int judge_kernel(const struct sys *sys, const char *release, struct finding *f)
{
        _cleanup_needs_ struct kernel_needs needs = { 0 };
        kernel_needs_ask(sys, release, PARTS_ALL, f, &needs);
        if (needs.answer == NEEDS_UNTOLD)
                return finding_unknown(f, -ENODATA, "no row of the table fits kernel %s, and %s",
                                       release, needs.told);
        if (needs.answer == NEEDS_MET)
                return finding_set(f, VERDICT_OK, NULL,
                                   "kernel %s is not in the table, but lacks nothing", release);
        kernel_console_note(f);
        return finding_set(f, VERDICT_BLOCKED, "kernel-lacks",
                           "kernel %s lacks what the connector's eBPF programs need: %s", release,
                           needs.told);
}

/* --- the answer --- */

/* In depth, the connector's own fault 16: it outranks the table, its silence does not. */
static bool connector_refuses(const struct sys *sys, const char *release, struct finding *f)
{
        _cleanup_ampcli_ struct ampcli_status status = { 0 };
        if (sys->depth != DEPTH_PROVE || !sys_runs_kernel(sys, release) ||
            ampcli_ask(sys, &status, NULL) < 0)
                return false;
        bool raised = ampcli_fault(&status, 16) != NULL;
        finding_evidence(f, "ampcli", raised ? "reports the fault" : "reports no such fault", NULL);
        return raised;
}

/* A kernel that fits boots next: only the reboot is left, for a person. */
static int judge_next(const struct sys *sys, const struct kernel_question *q, struct finding *f)
{
        _cleanup_free_ char *next = NULL, *why = NULL;
        bool told = false;
        int r = boot_next(sys, &next, &told, &why);
        if (r == -ENOENT)
                return 0;
        if (r < 0) {
                finding_note(f, "which kernel boots next is not known: %s", why);
                return 0;
        }
        finding_evidence(f, told ? "kernel that boots next" : "newest kernel installed", next,
                         NULL);
        if (!told || !kernel_fits(q, next))
                return 0;
        finding_set(f, VERDICT_BLOCKED, f->cause, "%s; kernel %s, which it supports, boots next",
                    f->why, next);
        kernel_console_note(f);
        if (sys_runs_kernel(sys, q->release))
                finding_do(f, DO_COMMAND, "systemctl reboot");
        else
                finding_do(f, DO_PERSON, "boot kernel %s, which comes next by itself", next);
        return 0;
}

/* What ROW asks, as kernel-compat.conf writes it. */
static char *row_text(const struct compat_row *row)
{
        if (row->kernel && row->connector)
                return xasprintf("Kernel=%s, Connector=%s", row->kernel, row->connector);
        return row->kernel ? xasprintf("Kernel=%s", row->kernel)
                           : xasprintf("Connector=%s", row->connector ? row->connector : "");
}

static void tell_row(const struct kernel_question *q, const struct compat_row *row, bool new,
                     struct finding *f)
{
        const char *version = q->version ? q->version : _("of any version");
        _cleanup_free_ char *rule = row_text(row);
        if (new)
                finding_set(f, VERDICT_FAULT, "kernel-too-new",
                            "kernel %s is too new for connector %s (row %s of the table: %s)",
                            q->release, version, row->name, rule);
        else
                finding_set(f, VERDICT_FAULT, "kernel-too-old",
                            "kernel %s is too old for connector %s (row %s of the table: %s)",
                            q->release, version, row->name, rule);
}

static int refuse(const struct sys *sys, const struct kernel_question *q,
                  const struct compat_row *row, bool new, struct finding *f)
{
        if (q->refused)
                finding_set(f, VERDICT_FAULT, "kernel-too-new",
                            "the connector itself reports that it cannot work with kernel %s",
                            q->release);
        else
                tell_row(q, row, new, f);
        return judge_next(sys, q, f);
}

/* What will boot next, when it is another kernel that does not do: a warning. */
static void look_ahead(const struct sys *sys, const struct kernel_question *q, struct finding *f)
{
        _cleanup_free_ char *next = NULL;
        if (!sys->live || sys->release_given || boot_next(sys, &next, NULL, NULL) < 0 ||
            streq(next, q->release))
                return;
        enum compat_answer answer = compat_judge(&q->compat, &q->os, next, q->version, NULL);
        if (answer == COMPAT_TOO_NEW)
                finding_note(f, "will break at the next boot: kernel %s is too new for it", next);
        else if (answer == COMPAT_TOO_OLD)
                finding_note(f, "will break at the next boot: kernel %s is too old for it", next);
        if (answer == COMPAT_TOO_NEW || answer == COMPAT_TOO_OLD)
                finding_next_boot(f, next);
}

static int judge(const struct sys *sys, struct kernel_question *q, struct finding *f)
{
        const struct compat_row *row = NULL;
        enum compat_answer answer = compat_judge(&q->compat, &q->os, q->release, q->version, &row);
        finding_evidence(f, "connector version", q->version ? q->version : "not known", NULL);
        finding_evidence(f, "row of kernel-compat.conf", row ? row->name : "none", NULL);
        if (q->version_error && row && row->connector)
                return finding_unknown(f, q->version_error, "%s", q->version_why);
        bool fits = answer == COMPAT_FITS || answer == COMPAT_NO_ROW;
        q->refused = connector_refuses(sys, q->release, f) && fits;
        if (!fits || q->refused)
                return refuse(sys, q, row, answer != COMPAT_TOO_OLD, f);
        look_ahead(sys, q, f);
        if (answer == COMPAT_NO_ROW)
                return judge_kernel(sys, q->release, f);
        return finding_set(f, VERDICT_OK, NULL, "kernel %s is supported (row %s)", q->release,
                           row->name);
}

/* The question goes with the finding: its plan asks it of other kernels and connectors. */
static int probe(const struct sys *sys, struct finding *f)
{
        _cleanup_free_ char *why = NULL;
        int r = kernel_gate(sys, f);
        if (r <= 0)
                return r;
        struct kernel_question *q = xcalloc(1, sizeof(*q));
        finding_facts(f, q, kernel_question_drop);
        r = kernel_question_ask(sys, q, &why);
        return r < 0 ? finding_unknown(f, r, "%s", why) : judge(sys, q, f);
}

const struct fault fault_kernel_compat = {
        .id = 16,
        .slug = "kernel-compat",
        .summary = N_("Incompatible kernel"),
        .only_proved = true, /* the connector's own word */
        .of_kernel = true,
        .restarts = true,
        .probe = probe,
        .plan = kernel_change_plan,
};
