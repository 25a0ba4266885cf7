/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps that bring a monitor's module into the kernel. */
#include <errno.h>

#include "connector/connector.h"
#include "faults/past.h"
#include "faults/plan_packages.h"
#include "faults/realtime.h"
#include "kernels/boot.h"
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

/* What the kernel's compiler is called as a package, "gcc-12" on Debian, plain gcc elsewhere, where
 * another version than the kernel's is installed under that name: installing it changes nothing. */
static int plan_compiler(const struct sys *sys, const char *release, struct plan *plan, char **why)
{
        _cleanup_tree_ struct tree tree = { 0 };
        _cleanup_free_ char *cc = NULL;
        if (tree_open(sys, release, &tree, NULL) < 0 ||
            tree_compiler(sys, &tree, &cc, NULL, NULL) == 0)
                return 0;
        const char *text = tree.compiler ? tree.compiler : "gcc";
        const char *gcc = strstr(text, "gcc-");
        _cleanup_free_ char *numbered = gcc ? xstrndup(gcc, strcspn(gcc, " ")) : NULL;
        const char *name = numbered ? numbered : "gcc";
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
                    release, text, name);
}

static int plan_tools(const struct sys *sys, const char *release, struct plan *plan, char **why)
{
        int r = plan_compiler(sys, release, plan, why);
        if (r == 0 && !sys_exists(sys, "/usr/bin/make"))
                (void)plan_install(sys, plan, STEP_INSTALL_PACKAGE, "make", "", "");
        return r;
}

static int plan_build(const struct sys *sys, const struct realtime *rt, const char *release,
                      struct plan *plan, char **why)
{
        _cleanup_free_ char *source = NULL;
        int r = realtime_source(sys, &source, why);
        if (r < 0)
                return r;
        r = plan_tools(sys, release, plan, why);
        if (r < 0)
                return r;
        if (!have_user(sys)) {
                plan_add(plan, STEP_CREATE_GROUP, BUILD_USER, "", "");
                plan_add(plan, STEP_CREATE_USER, BUILD_USER, BUILD_USER, "");
        }
        plan_add(plan, STEP_BUILD_KMOD, rt->module, release, source);
        return 0;
}

int realtime_plan(const struct sys *sys, const struct realtime *rt, struct finding *f,
                  struct plan *plan)
{
        _cleanup_free_ char *release = NULL, *why = NULL;
        int r = release_asked(sys, &release, &why);
        if (r == 0 && streq(f->cause, "connector-disagrees")) {
                plan->restart |= PLAN_RESTART;
                return 0;
        }
        if (r == 0 && !streq(f->cause, "module-not-loaded"))
                r = plan_build(sys, rt, release, plan, &why);
        if (r == -EPERM) {
                finding_set(f, VERDICT_BLOCKED, "build-tools-missing", "%s", why);
                finding_do(f, DO_PERSON, "install the compiler that the kernel was built with");
                return 0;
        }
        if (r < 0)
                return finding_set(f, VERDICT_FAULT, f->cause, "%s; but %s", f->why, why), r;
        if (r == 0 && sys_runs_kernel(sys, release))
                plan_add(plan, STEP_LOAD_KMOD, rt->module, release, "");
        return 0;
}
