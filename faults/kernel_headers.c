/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fault 11: the kernel's headers, which the connector compiles its eBPF programs with, are missing.
 */
#include <errno.h>

#include "connector/connector.h"
#include "faults/gate.h"
#include "kernels/boot.h"
#include "kmod-build/prove.h"
#include "packages/packages.h"

#define CO_RE_SINCE "1.25" /* from here on BTF in the kernel does instead of headers */
#define CONFIG_MAX ((size_t)4 * 1024 * 1024)
#define HEADER_MAX ((size_t)64 * 1024)

enum btf { BTF_UNKNOWN, BTF_NO, BTF_YES };

static bool has_line(const char *text, const char *line)
{
        size_t n = strlen(line);
        for (const char *p = text; (p = strstr(p, line)); p += n)
                if ((p == text || p[-1] == '\n') && (p[n] == '\n' || p[n] == '\0'))
                        return true;
        return false;
}

static enum btf btf_of(const struct sys *sys, const char *release)
{
        static const char *const configs[] = { "/boot/config-%s", "/lib/modules/%s/config",
                                               "/usr/lib/modules/%s/config" };
        if (sys_runs_kernel(sys, release))
                return sys_exists(sys, "/sys/kernel/btf/vmlinux") ? BTF_YES : BTF_NO;
        for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
                int at = (int)(strchr(configs[i], '%') - configs[i]);
                _cleanup_free_ char *path =
                        xasprintf("%.*s%s%s", at, configs[i], release, configs[i] + at + 2);
                _cleanup_free_ char *text = NULL;
                if (sys_read(sys, path, CONFIG_MAX, &text, NULL) == 0)
                        return has_line(text, "CONFIG_DEBUG_INFO_BTF=y") ? BTF_YES : BTF_NO;
        }
        return BTF_UNKNOWN;
}

/* Does the connector do without headers where there is BTF? 1, 0 or -errno. */
static int knows_core(const struct sys *sys, struct finding *f, char **why)
{
        _cleanup_free_ char *version = NULL;
        int r = connector_version(sys, &version, why);
        if (r < 0)
                return r;
        finding_evidence(f, "connector version", version ? version : "not known",
                         CO_RE_SINCE " or newer, which needs no headers where the kernel has BTF");
        return version && version_compare(version, CO_RE_SINCE) >= 0;
}

/* UTS_RELEASE of the tree, malloc'ed, or NULL. */
static char *tree_release(const struct sys *sys, const char *tree)
{
        _cleanup_free_ char *path = xasprintf("%s/include/generated/utsrelease.h", tree);
        _cleanup_free_ char *text = NULL;
        if (sys_read(sys, path, HEADER_MAX, &text, NULL) < 0)
                return NULL;
        char *at = strstr(text, "UTS_RELEASE");
        at = at ? strchr(at, '"') : NULL;
        return at ? xstrndup(at + 1, strcspn(at + 1, "\"\n")) : NULL;
}

/* Debian's tree is thin: its Makefile includes the one of the package shared by all flavours. */
static char *missing_include(const struct sys *sys, const char *tree)
{
        _cleanup_free_ char *path = xasprintf("%s/Makefile", tree), *text = NULL;
        if (sys_read(sys, path, HEADER_MAX, &text, NULL) < 0)
                return NULL;
        char *line = startswith(text, "include /") ? text : strstr(text, "\ninclude /");
        char *at = line ? strchr(line, '/') : NULL;
        if (!at)
                return NULL;
        at[strcspn(at, " \t\n")] = '\0';
        return sys_exists(sys, at) ? NULL : xstrdup(at);
}

/* The first thing a complete tree has and this one has not, malloc'ed, or NULL. */
static char *missing_part(const struct sys *sys, const char *tree)
{
        static const struct {
                const char *path;
                mode_t type;
        } parts[] = {
                { "include/generated/utsrelease.h", S_IFREG },
                { "include/generated/autoconf.h", S_IFREG },
                { "Module.symvers", S_IFREG },
                { "scripts", S_IFDIR },
                { "scripts/mod/modpost", S_IFREG },
        };
        for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
                _cleanup_free_ char *path = xasprintf("%s/%s", tree, parts[i].path);
                struct stat st;
                if (sys_stat(sys, path, &st) < 0 || (st.st_mode & S_IFMT) != parts[i].type ||
                    (parts[i].type == S_IFREG && st.st_size == 0))
                        return TAKE_PTR(path);
        }
        return missing_include(sys, tree);
}

/* The tree counts, not the package database; but a package dpkg was killed in is not done with. */
static bool left_half(const struct sys *sys, const char *release)
{
        _cleanup_free_ char *name = xasprintf("linux-headers-%s", release);
        _cleanup_package_info_ struct package_info info = { 0 };
        return package_kind(sys) == PACKAGES_DPKG && dpkg_package(sys, name, &info, NULL) == 0 &&
               info.state == PACKAGE_BROKEN;
}

static int judge_tree(const struct sys *sys, const char *release, struct finding *f)
{
        _cleanup_free_ char *tree = xasprintf("/lib/modules/%s/build", release);
        struct stat st;
        int r = sys_stat(sys, tree, &st);
        if (r < 0 && r != -ENOENT && r != -ENOTDIR && r != -ELOOP)
                return finding_unknown(f, r, "%s: %s", tree, strerror(-r));
        if (r < 0 || !S_ISDIR(st.st_mode)) {
                bool dangling = sys_lstat(sys, tree, &st) == 0;
                finding_evidence(f, tree, dangling ? "leads nowhere" : "absent", "a header tree");
                return finding_set(f, VERDICT_FAULT, "headers-missing",
                                   "the headers of kernel %s are not installed", release);
        }
        _cleanup_free_ char *found = tree_release(sys, tree);
        finding_evidence(f, "UTS_RELEASE of the header tree", found ? found : "not there", release);
        if (found && !streq(found, release))
                return finding_set(f, VERDICT_FAULT, "headers-wrong",
                                   "the headers in %s are those of kernel %s", tree, found);
        _cleanup_free_ char *missing = missing_part(sys, tree);
        if (!missing && left_half(sys, release)) {
                finding_evidence(f, "dpkg's state of the package", "half installed", "installed");
                return finding_set(f, VERDICT_FAULT, "headers-incomplete",
                                   "the package linux-headers-%s is left half installed", release);
        }
        if (!missing)
                return finding_set(f, VERDICT_OK, NULL,
                                   "the headers of kernel %s are there and complete", release);
        finding_evidence(f, missing, "missing or empty", "there");
        return finding_set(f, VERDICT_FAULT, "headers-incomplete",
                           "the header tree of kernel %s lacks %s", release, missing);
}

/* What will boot next, when it is another kernel: a warning. */
static void look_ahead(const struct sys *sys, const char *release, bool core, struct finding *f)
{
        _cleanup_free_ char *next = NULL;
        if (!sys->live || sys->release_given || boot_next(sys, &next, NULL, NULL) < 0 ||
            streq(next, release) || (core && btf_of(sys, next) == BTF_YES))
                return;
        _cleanup_finding_ struct finding other = FINDING_INIT;
        if (judge_tree(sys, next, &other) == 0 && other.verdict == VERDICT_FAULT)
                finding_note(f, "will break at the next boot: %s", other.why);
}

/* In depth the kernel itself is asked whether BTF does: it may still refuse a CO-RE load. */
static bool core_refused(const struct sys *sys, const char *release, struct finding *f)
{
        _cleanup_free_ char *why = NULL;
        if (sys->depth != DEPTH_PROVE || !sys_runs_kernel(sys, release))
                return false;
        int r = bpf_core_works(sys, &why);
        if (r < 0)
                finding_note(f, "a CO-RE load could not be tried: %s", why ? why : strerror(-r));
        else
                finding_evidence(f, "a CO-RE program", r > 0 ? "loads" : why, "loads");
        return r == 0;
}

static int probe(const struct sys *sys, struct finding *f)
{
        static const char *const words[] = { [BTF_UNKNOWN] = "not known (no kernel configuration)",
                                             [BTF_NO] = "no",
                                             [BTF_YES] = "yes" };
        _cleanup_free_ char *release = NULL, *why = NULL;
        int r = kernel_gate(sys, f);
        if (r <= 0)
                return r;
        r = release_asked(sys, &release, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        int core = knows_core(sys, f, &why);
        if (core < 0)
                return finding_unknown(f, core, "%s", why);
        enum btf btf = btf_of(sys, release);
        finding_evidence(f, "BTF in the kernel", words[btf], NULL);
        look_ahead(sys, release, core, f);
        if (core && btf == BTF_YES && !core_refused(sys, release, f))
                return finding_set(f, VERDICT_OK, NULL,
                                   "headers are not needed: kernel %s has BTF and the connector "
                                   "is " CO_RE_SINCE " or newer",
                                   release);
        return judge_tree(sys, release, f);
}

/* --- plan --- */

/* Packages of the tree that are installed and not whole: the asked one always, those it depends on
 * when a file of theirs is gone. */
static void plan_repair(const struct sys *sys, const char *name, struct plan *plan)
{
        _cleanup_package_info_ struct package_info info = { 0 };
        if (dpkg_package(sys, name, &info, NULL) < 0)
                return;
        char *save = NULL;
        for (char *d = info.depends ? strtok_r(info.depends, ",", &save) : NULL; d;
             d = strtok_r(NULL, ",", &save)) {
                d += strspn(d, " ");
                d[strcspn(d, " (|:")] = '\0';
                _cleanup_free_ char *gone = NULL;
                if (startswith(d, "linux-") && dpkg_file_missing(sys, d, &gone) == 1)
                        plan_add(plan, STEP_REINSTALL_PACKAGE, d, "", "");
        }
        plan_add(plan, STEP_REINSTALL_PACKAGE, name, "", "");
}

static char *join_last(char *const *names, size_t max)
{
        size_t n = strv_length(names);
        char *out = xstrdup("");
        for (size_t i = n > max ? n - max : 0; i < n; i++) {
                _cleanup_free_ char *old = out;
                out = xasprintf("%s%s%s", old, *old ? ", " : "", names[i]);
        }
        return out;
}

static int blocked_gone(struct finding *f, const char *release, const struct package_result *result,
                        const char *why)
{
        size_t n = result->candidates ? strv_length(result->candidates) : 0;
        if (n == 0)
                return finding_set(f, VERDICT_BLOCKED, "package-gone",
                                   "%s, nor headers of any other release: give the package file "
                                   "with --offline, a repository with ExtraSource= in "
                                   "secep.conf, " KERNEL_CONSOLE,
                                   why);
        _cleanup_free_ char *list = join_last(result->candidates, 8);
        finding_evidence(f, "releases that have headers", list, NULL);
        return finding_set(
                f, VERDICT_BLOCKED, "package-gone",
                "%s: give the package file with --offline, a repository with ExtraSource= in "
                "secep.conf, or change from kernel %s to "
                "the newest one with headers (%s), which means a reboot, " KERNEL_CONSOLE,
                why, release, result->candidates[n - 1]);
}

static int plan_install(const struct sys *sys, const char *release, const struct header_package *hp,
                        struct finding *f, struct plan *plan)
{
        const struct package_request request = { .name = hp->name, .version = hp->version };
        _cleanup_package_result_ struct package_result result = { 0 };
        _cleanup_free_ char *why = NULL;
        int r = package_call(sys, PACKAGE_SIMULATE, &request, &result, &why);
        if (r == -ENOENT && result.cause)
                return blocked_gone(f, release, &result, why);
        if (r < 0 && result.cause)
                finding_set(f, VERDICT_FAULT, result.cause, "%s", why);
        else if (r < 0)
                finding_set(f, VERDICT_FAULT, f->cause, "%s; but %s", f->why, why);
        if (r < 0)
                return r;
        bool there = result.n_changes == 0 && package_kind(sys) == PACKAGES_RPM;
        plan_add(plan, there ? STEP_REINSTALL_PACKAGE : STEP_INSTALL_PACKAGE, hp->name, hp->version,
                 "");
        return 0;
}

static int plan(const struct sys *sys, struct finding *f, struct plan *plan)
{
        _cleanup_header_package_ struct header_package hp = { 0 };
        _cleanup_package_info_ struct package_info info = { 0 };
        _cleanup_free_ char *release = NULL, *why = NULL;
        struct keyfile os = { 0 };
        enum package_kind kind = package_kind(sys);
        int r = release_asked(sys, &release, &why);
        if (r == 0)
                r = os_release_read(sys, &os, &why);
        if (r == 0)
                r = header_package_of(kind, &os, release, &hp, &why);
        keyfile_free(&os);
        if (r == 0 && kind == PACKAGES_DPKG)
                r = dpkg_package(sys, hp.name, &info, &why);
        if (r < 0)
                return finding_set(f, VERDICT_FAULT, f->cause, "%s; but %s", f->why, why), r;
        if (info.state == PACKAGE_INSTALLED)
                plan_repair(sys, hp.name, plan);
        else
                r = plan_install(sys, release, &hp, f, plan);
        return r;
}

static const struct fault_failure failures[] = {
        { -ENOENT, VERDICT_BLOCKED, "package-gone" },
        { -ENETDOWN, VERDICT_FAULT, "repository-unreachable" },
        { -EAGAIN, VERDICT_FAULT, "packages-locked" },
        { 0 },
};

const struct fault fault_kernel_headers = {
        .id = 11,
        .slug = "kernel-headers",
        .summary = "Required kernel-devel package is missing",
        .of_kernel = true,
        .restarts = true,
        .failures = failures,
        .probe = probe,
        .plan = plan,
};
