/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps that bring a monitor's module into the kernel. */
#include <errno.h>

#include "connector/connector.h"
#include "faults/past.h"
#include "faults/plan_packages.h"
#include "faults/realtime.h"
#include "kmod-build/sandbox.h"
#include "lib/conf.h"

int realtime_source(const struct sys *sys, char **out, char **why)
{
        const char *set = conf_string(sys, "ModuleSource", "");
        if (!sys->module_source && *set)
                return sys_host_path(sys, set, out, why);
        *out = xstrdup(sys->module_source ? sys->module_source : "");
        return 0;
}

static bool have_user(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        return sys_read(sys, "/etc/passwd", (size_t)16 << 20, &text, NULL) == 0 &&
               (startswith(text, BUILD_USER ":") || strstr(text, "\n" BUILD_USER ":"));
}

/* Package NAME has a compiler like TEXT, which kernel RELEASE was built by. Where another version than
 * the kernel's is installed under that name, installing it changes nothing. */
static int plan_compiler(const struct sys *sys, const struct step *step, struct plan *plan,
                         char **why)
{
        const char *name = step->target;
        _cleanup_free_ char *program = xasprintf("/usr/bin/%s", name);
        bool there = sys_exists(sys, program);
        bool vain = past_in_vain(sys, there ? STEP_INSTALL_PACKAGE : STEP_REINSTALL_PACKAGE, name,
                                 NULL) >= STEP_TRIES;
        if (!vain && plan_install(sys, plan, STEP_INSTALL_PACKAGE, name, "", "") > 0)
                return 0;
        if (!vain && !there) { /* installed, and its program is gone */
                plan_add(plan, STEP_REINSTALL_PACKAGE, name, "", "");
                return 0;
        }
        return fail(why, -EPERM,
                    "kernel %s was built by %s, and package %s, which is installed, is another",
                    step->value, step->key, name);
}

/* One learned step, with what it takes: what a package brings along, who builds. */
static int plan_step(const struct sys *sys, const struct step *step, struct plan *plan, char **why)
{
        if (step->kind == STEP_INSTALL_PACKAGE && *step->key)
                return plan_compiler(sys, step, plan, why);
        if (step->kind == STEP_INSTALL_PACKAGE) {
                (void)plan_install(sys, plan, STEP_INSTALL_PACKAGE, step->target, "", "");
                return 0;
        }
        if (step->kind == STEP_BUILD_KMOD && !have_user(sys)) {
                plan_add(plan, STEP_CREATE_GROUP, BUILD_USER, "", "");
                plan_add(plan, STEP_CREATE_USER, BUILD_USER, BUILD_USER, "");
        }
        plan_add(plan, step->kind, step->target, step->key, step->value);
        return 0;
}

int realtime_plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        _cleanup_free_ char *why = NULL;
        int r = 0;
        if (streq(f->cause, "connector-disagrees"))
                plan->restart |= PLAN_RESTART;
        for (size_t i = 0; r == 0 && i < f->learned.n; i++)
                r = plan_step(sys, &f->learned.steps[i], plan, &why);
        if (r == 0)
                return 0;
        finding_set(f, VERDICT_BLOCKED, "build-tools-missing", "%s", why);
        finding_do(f, DO_PERSON, "install the compiler that the kernel was built with");
        return 0;
}
