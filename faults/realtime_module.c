/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A real-time monitor as a kernel module: whose, there, fitting, allowed, loaded. */
#include <errno.h>

#include "faults/realtime.h"
#include "kmod-build/build.h"
#include "kmod-build/index.h"
#include "kmod-build/load.h"
#include "kmod-build/module_file.h"
#include "kmod-build/sign.h"
#include "lib/conf.h"
#include "lib/i18n.h"

#define CUSTOM_SINCE "1.16.0" /* connectors older than that take no custom module */

/* Does the operator name sources (--module-source, ModuleSource=)? Else they are ours. */
static bool has_source(const struct sys *sys)
{
        return sys->module_source || *conf_string(sys, "ModuleSource", "");
}

/* May a module be ours to build or to load? 1, 0 when the finding is made, or -errno. */
static int whose(const struct sys *sys, const struct realtime *rt, const struct module_look *look,
                 struct finding *f)
{
        _cleanup_free_ char *version = NULL, *why = NULL, *other = NULL;
        bool there = look->where == MODULE_LOADED || look->where == MODULE_LOADABLE;
        bool given = has_source(sys) || (there && look->given);
        int installed = connector_installed(sys, &why);
        if (installed < 0)
                return finding_unknown(f, installed, "%s", why);
        other = installed || given ? NULL : index_others(sys, rt->module);
        if (other)
                return finding_set(f, VERDICT_BLOCKED, "module-missing",
                                   "%s is of another product, which has to bring the module "
                                   "for this kernel, too",
                                   other);
        if (!installed)
                return 1;
        if (!given && look->ours)
                return finding_set(f, VERDICT_BLOCKED, "module-missing",
                                   "eBPF is not enough on this kernel, and the connector was never "
                                   "seen to open a module of ours, which is in the place of its "
                                   "own (secep-repair --undo removes it)");
        if (!given)
                return finding_set(f, VERDICT_BLOCKED, "module-missing",
                                   "eBPF is not enough on this kernel, and the connector was never "
                                   "seen to open a module of ours");
        int r = connector_version(sys, &version, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        finding_evidence(f, "connector version", version ? version : "not known", CUSTOM_SINCE);
        finding_detail(f);
        if (!version || version_compare(version, CUSTOM_SINCE) < 0)
                return finding_set(f, VERDICT_BLOCKED, "connector-too-old",
                                   "custom modules need connector " CUSTOM_SINCE " or newer");
        return 1;
}

/* Would the kernel take a module we build? 1, or 0 when the finding is made. */
static int signable(const struct sys *sys, const struct tree *tree, struct finding *f)
{
        _cleanup_signer_ struct signer signer = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = signer_find(sys, tree, &signer, &why);
        if (r < 0)
                return finding_set(f, VERDICT_BLOCKED, "secure-boot", "%s", why);
        return 1;
}

/* The next kernel's module has to be signed, too. */
static void note_certificate(const struct sys *sys, struct finding *f)
{
        _cleanup_signer_ struct signer signer = { 0 };
        signer_look(sys, &signer);
        if (signer.key && signer.days_left < 0)
                finding_note(f, "the signing certificate %s has expired", signer.certificate);
        else if (signer.key && signer.days_left < SIGN_WARN_DAYS)
                finding_note(f, "the signing certificate %s expires in %ld days",
                             signer.certificate, signer.days_left);
}

/* What a build takes, for the plan (TREE NULL: there is none yet), and its *SOURCE (malloc'ed). 0, or
 * -ENOPKG with *WHY: a tool is missing; -errno with *WHY. */
static int learn_build(const struct sys *sys, const struct realtime *rt, const char *release,
                       const struct tree *tree, struct plan *plan, char **source, char **why)
{
        _cleanup_free_ char *cc = NULL, *lacks = NULL;
        int r = realtime_source(sys, source, why);
        if (r < 0)
                return r;
        if (tree && tree_compiler(sys, tree, &cc, NULL, &lacks) < 0) {
                _cleanup_free_ char *package = compiler_package(sys, tree->compiler);
                plan_add(plan, STEP_INSTALL_PACKAGE, package,
                         tree->compiler ? tree->compiler : "gcc", tree->release);
        }
        if (!sys_exists(sys, "/usr/bin/make")) {
                (void)fail(&lacks, 0, "make is not installed");
                plan_add(plan, STEP_INSTALL_PACKAGE, "make", "", "");
        }
        plan_add(plan, STEP_BUILD_KMOD, rt->module, release, *source);
        if (sys_runs_kernel(sys, release))
                plan_add(plan, STEP_LOAD_KMOD, rt->module, release, "");
        return lacks ? fail(why, -ENOPKG, "%s", lacks) : 0;
}

static int buildable(const struct sys *sys, const struct realtime *rt, const struct tree *tree,
                     const struct module_look *look, struct finding *f)
{
        _cleanup_free_ char *source = NULL, *why = NULL, *bad = NULL;
        int r = learn_build(sys, rt, tree->release, tree, &f->learned, &source, &why);
        if (r == -ENOPKG)
                return finding_set(f, VERDICT_FAULT, "build-tools-missing", "%s", why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        const struct kmod_request request = { .module = rt->module,
                                              .release = tree->release,
                                              .source = source };
        if (!signable(sys, tree, f))
                return 0;
        bool unsuitable = false;
        bad = kmod_known_bad(sys, &request, &unsuitable);
        if (unsuitable)
                return finding_set(f, VERDICT_BLOCKED, "source-unsuitable", "%s", bad);
        if (bad)
                return finding_set(f, VERDICT_BLOCKED,
                                   look->path ? "module-stale" : "module-missing",
                                   "%s; not tried again until an input changes", bad);
        if (look->where == MODULE_STALE)
                return finding_set(f, VERDICT_FAULT, "module-stale",
                                   "the module %s does not fit kernel %s: %s", rt->module,
                                   tree->release, look->why);
        return finding_set(f, VERDICT_FAULT, "module-missing",
                           "there is no module %s for kernel %s", rt->module, tree->release);
}

/* A plan for several faults has the headers of fault 11 before its build. */
static int treeless(const struct sys *sys, const struct realtime *rt, const char *release,
                    const char *tree_why, struct finding *f)
{
        _cleanup_free_ char *source = NULL, *why = NULL;
        int r = learn_build(sys, rt, release, NULL, &f->learned, &source, &why);
        if (r < 0 && r != -ENOPKG)
                return finding_unknown(f, r, "%s", why);
        f->needs = 11;
        return finding_set(f, VERDICT_FAULT, "module-missing",
                           "no module %s is installed for kernel %s, and none can be built: %s "
                           "(fault 11)",
                           rt->module, release, tree_why);
}

/* It is there and fits: would the kernel take it as it is? */
static int loadable(const struct sys *sys, const struct realtime *rt, const char *release,
                    const struct tree *tree, const struct module_look *look, struct finding *f)
{
        struct sign_state state;
        sign_state(sys, &state);
        const char *needed = sign_needed(&state);
        _cleanup_free_ char *data = NULL, *source = NULL, *why = NULL;
        size_t len = 0;
        if (needed && look->ours && sys_read(sys, look->path, MODULE_MAX, &data, &len) == 0 &&
            !module_signed(data, len)) {
                if (!tree || !signable(sys, tree, f))
                        return tree ? 0
                                    : finding_set(f, VERDICT_BLOCKED, "secure-boot",
                                                  "%s refuses the unsigned module %s", needed,
                                                  rt->module);
                if (learn_build(sys, rt, release, tree, &f->learned, &source, &why) < 0 &&
                    !f->learned.n)
                        return finding_unknown(f, -EIO, "%s", why);
                return finding_set(f, VERDICT_FAULT, "module-stale",
                                   "the module %s is not signed and %s requires it", rt->module,
                                   needed);
        }
        if (!sys_runs_kernel(sys, release))
                return finding_set(f, VERDICT_OK, NULL, "the module %s fits kernel %s", rt->module,
                                   release);
        plan_add(&f->learned, STEP_LOAD_KMOD, rt->module, release, "");
        return finding_set(f, VERDICT_FAULT, "module-not-loaded",
                           "the module %s is installed but not loaded", rt->module);
}

/* In depth a module of ours has to tell of an event. Another's device is not read: it has a reader,
 * and speaks its own language. */
static int loaded(const struct sys *sys, const struct realtime *rt, const struct module_look *look,
                  struct finding *f)
{
        _cleanup_proof_ struct proof proof = { 0 };
        _cleanup_free_ char *why = NULL;
        if (sys->depth != DEPTH_PROVE || !look->ours || look->given || has_source(sys))
                return finding_set(f, VERDICT_OK, NULL, "the module %s is loaded", rt->module);
        int r = module_prove(sys, rt->monitor, rt->module, &proof, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        finding_evidence(f, "an event made on purpose",
                         proof.seen ? "arrived through the module" : proof.why,
                         "arrives through the module");
        finding_detail(f);
        if (proof.seen)
                return finding_set(f, VERDICT_OK, NULL,
                                   "an event made on purpose arrives through the module %s",
                                   rt->module);
        if (proof.refusal == REFUSED_BUSY)
                return finding_set(f, VERDICT_OK, NULL,
                                   "the module %s is loaded, and a program reads it", rt->module);
        finding_set(f, VERDICT_BLOCKED, "module-stale",
                    "the module %s is loaded and does not report an event made on purpose "
                    "(%s)",
                    rt->module, proof.why);
        finding_do(f, DO_COMMAND, "modprobe -r %s && secep-repair --fault %d", rt->module, rt->id);
        return 0;
}

static int vendor_stale(const char *release, const struct module_look *look, struct finding *f)
{
        finding_set(f, VERDICT_BLOCKED, "module-stale",
                    "%s is not ours and does not fit kernel %s (%s)", look->path, release,
                    look->why);
        finding_do(f, DO_PERSON, "reinstall the product that %s belongs to, for this kernel",
                   look->path);
        return 0;
}

static int judge(const struct sys *sys, const struct realtime *rt, const char *release,
                 const struct tree *tree, const char *tree_why, const struct module_look *look,
                 struct finding *f)
{
        const char *conflict = module_conflicting(sys);
        if (look->ours && (look->where == MODULE_LOADED || look->where == MODULE_LOADABLE)) {
                int r = whose(sys, rt, look, f);
                if (r <= 0)
                        return r;
        }
        if (look->where == MODULE_LOADED)
                return loaded(sys, rt, look, f);
        if (look->where == MODULE_BLACKLISTED)
                return finding_set(f, VERDICT_BLOCKED, "module-blacklisted",
                                   "the module %s is blacklisted by %s", rt->module, look->why);
        if (conflict)
                return finding_set(f, VERDICT_BLOCKED, "conflicting-module",
                                   "the module %s of another product does the same job", conflict);
        if (look->where == MODULE_LOADABLE)
                return loadable(sys, rt, release, tree, look, f);
        if (look->path && !look->ours)
                return vendor_stale(release, look, f);
        int r = whose(sys, rt, look, f);
        if (r <= 0)
                return r;
        return tree ? buildable(sys, rt, tree, look, f) : treeless(sys, rt, release, tree_why, f);
}

bool realtime_has_module(const struct sys *sys, const struct realtime *rt, const char *release)
{
        _cleanup_module_look_ struct module_look look = { 0 };
        return has_source(sys) || (module_look(sys, rt->module, release, NULL, &look, NULL) == 0 &&
                                   look.where != MODULE_ABSENT);
}

int realtime_module(const struct sys *sys, const struct realtime *rt, const char *release,
                    struct finding *f)
{
        _cleanup_tree_ struct tree tree = { 0 };
        _cleanup_module_look_ struct module_look look = { 0 };
        _cleanup_free_ char *why = NULL, *tree_why = NULL;
        if (sys_runs_kernel(sys, release) && !modules_supported(sys)) {
                finding_detail(f);
                return finding_set(f, VERDICT_BLOCKED, "symbols-missing",
                                   "the kernel has no function for eBPF to probe and is built "
                                   "without loadable modules");
        }
        int have = tree_open(sys, release, &tree, &tree_why);
        int r = module_look(sys, rt->module, release, have == 0 ? &tree : NULL, &look, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        finding_evidence(f, rt->module, look.path ? look.path : "no such module", NULL);
        note_certificate(sys, f);
        return judge(sys, rt, release, have == 0 ? &tree : NULL, tree_why, &look, f);
}
