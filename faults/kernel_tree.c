/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header tree of a kernel: there, of that kernel, whole. */
#include <errno.h>

#include "faults/kernel_headers.h"
#include "packages/packages.h"
#include "packages/verify.h"

#define HEADER_MAX ((size_t)64 * 1024)
#define CONFIG_MAX ((size_t)4 * 1024 * 1024)
#define PART_MAX ((off_t)256 << 20) /* the largest, Module.symvers, has 2 MiB */

/* In the paths of SUSE's trees. */
static const char *const suse_arches[] = { "x86_64", "aarch64", "ppc64le", "s390x" };

/* The file that says of which kernel TREE is. */
static char *release_file(const char *tree)
{
        return xasprintf("%s/include/generated/utsrelease.h", tree);
}

/* What stands behind blanks and WORD at AT, or NULL. */
static const char *behind(const char *at, const char *word)
{
        if (at)
                at += strspn(at, " \t");
        return at && startswith(at, word) ? at + strlen(word) : NULL;
}

/* The string that the line defines UTS_RELEASE as, malloc'ed, or NULL: no such line. */
static char *line_release(const char *line)
{
        const char *at = behind(behind(behind(line, "#"), "define"), "UTS_RELEASE");
        const char *quote = at && strchr(" \t", *at) ? behind(at, "\"") : NULL;
        size_t n = quote ? strcspn(quote, "\"\n") : 0;
        return quote && quote[n] == '"' ? xstrndup(quote, n) : NULL;
}

/* UTS_RELEASE of the tree, malloc'ed, or NULL. */
static char *tree_release(const struct sys *sys, const char *tree)
{
        _cleanup_free_ char *path = release_file(tree);
        _cleanup_free_ char *text = NULL;
        if (sys_read(sys, path, HEADER_MAX, &text, NULL) < 0)
                return NULL;
        for (const char *line = text; line; line = strchr(line, '\n')) {
                line += *line == '\n';
                char *release = line_release(line);
                if (release)
                        return release;
        }
        return NULL;
}

/* Debian's tree is thin: its Makefile includes the one of the package shared by all flavours. A
 * Makefile that cannot be read is missing. */
static char *missing_include(const struct sys *sys, const char *tree)
{
        _cleanup_free_ char *path = xasprintf("%s/Makefile", tree), *text = NULL;
        if (sys_read(sys, path, CONFIG_MAX, &text, NULL) < 0)
                return TAKE_PTR(path);
        char *line = startswith(text, "include /") ? text : strstr(text, "\ninclude /");
        char *at = line ? strchr(line, '/') : NULL;
        if (!at)
                return NULL;
        at[strcspn(at, " \t\n")] = '\0';
        return sys_exists(sys, at) ? NULL : xstrdup(at);
}

static bool is_full_file(const struct sys *sys, const char *path)
{
        struct stat st;
        return sys_stat(sys, path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
               st.st_size <= PART_MAX;
}

/* What only some kernels' trees have: objtool where the configuration runs it, and a linker script
 * of modules, which is never empty. */
static char *missing_by_config(const struct sys *sys, const char *tree)
{
        _cleanup_free_ char *autoconf = xasprintf("%s/include/generated/autoconf.h", tree),
                            *objtool = xasprintf("%s/tools/objtool/objtool", tree),
                            *script = xasprintf("%s/scripts/module.lds", tree), *text = NULL;
        if (sys_read(sys, autoconf, CONFIG_MAX, &text, NULL) < 0 ||
            !strstr(text, "#define CONFIG_"))
                return TAKE_PTR(autoconf);
        bool wants_objtool = strstr(text, "#define CONFIG_OBJTOOL 1") ||
                             strstr(text, "#define CONFIG_STACK_VALIDATION 1");
        if (wants_objtool && !is_full_file(sys, objtool))
                return TAKE_PTR(objtool);
        return sys_exists(sys, script) && !is_full_file(sys, script) ? TAKE_PTR(script) : NULL;
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
                bool whole = parts[i].type == S_IFREG
                                     ? is_full_file(sys, path)
                                     : sys_stat(sys, path, &st) == 0 && S_ISDIR(st.st_mode);
                if (!whole)
                        return TAKE_PTR(path);
        }
        char *missing = missing_by_config(sys, tree);
        return missing ? missing : missing_include(sys, tree);
}

/* The tree counts, not the package database; but a package dpkg was killed in is not done with.
 * 1 with its name in *NAME, malloc'ed, 0, or -errno where the database cannot be read. */
static int left_half(const struct sys *sys, const char *release, char **name, char **why)
{
        _cleanup_header_package_ struct header_package hp = { 0 };
        _cleanup_package_info_ struct package_info info = { 0 };
        if (package_kind(sys) != PACKAGES_DPKG || header_package_look(sys, release, &hp, NULL) < 0)
                return 0;
        int r = dpkg_package(sys, hp.name, &info, why);
        if (r < 0 || info.state != PACKAGE_BROKEN)
                return r;
        *name = TAKE_PTR(hp.name);
        return 1;
}

char *kernel_tree_elsewhere(const struct sys *sys, const char *release)
{
        _cleanup_strv_ char **trees = NULL;
        const char *dash = strrchr(release, '-');
        static const char *const fixed[] = { "/usr/src/kernels/%s", "/usr/src/linux-headers-%s" };
        for (size_t i = 0; i < ARRAY_SIZE(fixed); i++) {
                _cleanup_free_ char *path =
                        xasprintf("%.*s%s", (int)strlen(fixed[i]) - 2, fixed[i], release);
                strv_add(&trees, path);
        }
        for (size_t i = 0; dash && i < ARRAY_SIZE(suse_arches); i++) {
                _cleanup_free_ char *path =
                        xasprintf("/usr/src/linux-%.*s-obj/%s/%s", (int)(dash - release), release,
                                  suse_arches[i], dash + 1);
                strv_add(&trees, path);
        }
        for (char **t = trees; *t; t++) {
                _cleanup_free_ char *found = tree_release(sys, *t);
                _cleanup_free_ char *missing = found ? missing_part(sys, *t) : NULL;
                if (found && streq(found, release) && !missing)
                        return xstrdup(*t);
        }
        return NULL;
}

/* In depth the package system is asked whether the tree still is what the package shipped: what
 * differs, malloc'ed, or NULL, also where nobody can be asked. */
static char *not_as_shipped(const struct sys *sys, const char *release)
{
        _cleanup_header_package_ struct header_package hp = { 0 };
        _cleanup_free_ char *why = NULL, *which = NULL;
        if (sys->depth != DEPTH_PROVE || !sys->live ||
            header_package_find(sys, release, &hp, NULL) < 0)
                return NULL;
        /* of rpm's there may be several with one name */
        bool exact = package_kind(sys) == PACKAGES_RPM && *hp.version && !strchr(hp.version, '*');
        which = exact ? xasprintf("%s-%s", hp.name, hp.version) : xstrdup(hp.name);
        return verify_package(sys, which, &why) == -EPERM ? TAKE_PTR(why) : NULL;
}

static int judge_absent(const struct sys *sys, const char *release, const char *tree,
                        struct finding *f)
{
        struct stat st;
        bool dangling = sys_lstat(sys, tree, &st) == 0;
        _cleanup_free_ char *there = kernel_tree_elsewhere(sys, release);
        finding_evidence(f, tree, dangling ? "leads nowhere" : "absent",
                         there ? there : "a header tree");
        if (!there && !dangling)
                finding_detail(f);
        if (!there)
                return finding_set(f, VERDICT_FAULT, "headers-missing",
                                   "the headers of kernel %s are not installed", release);
        plan_add(&f->learned, STEP_MAKE_LINK, tree, "", there);
        return finding_set(f, VERDICT_FAULT, "link-missing",
                           "the headers of kernel %s are in %s, but %s does not lead there",
                           release, there, tree);
}

int kernel_tree_judge(const struct sys *sys, const char *release, struct finding *f)
{
        _cleanup_free_ char *tree = xasprintf("/lib/modules/%s/build", release);
        struct stat st;
        int r = sys_stat(sys, tree, &st);
        if (r < 0 && r != -ENOENT && r != -ENOTDIR && r != -ELOOP)
                return finding_unknown(f, r, "%s: %s", tree, error_text(-r));
        if (r < 0 || !S_ISDIR(st.st_mode))
                return judge_absent(sys, release, tree, f);
        _cleanup_free_ char *found = tree_release(sys, tree);
        finding_evidence(f, "UTS_RELEASE of the header tree", found ? found : "not there", release);
        if (found)
                finding_detail(f);
        if (found && !streq(found, release))
                return finding_set(f, VERDICT_FAULT, "headers-wrong",
                                   "the headers in %s are those of kernel %s", tree, found);
        _cleanup_free_ char *missing = found ? missing_part(sys, tree) : release_file(tree);
        _cleanup_free_ char *half = NULL, *why = NULL;
        r = missing ? 0 : left_half(sys, release, &half, &why);
        if (r < 0)
                return finding_unknown(f, r, "%s", why);
        if (half) {
                finding_evidence(f, "dpkg's state of the package", "half installed", "installed");
                finding_detail(f);
                return finding_set(f, VERDICT_FAULT, "headers-incomplete",
                                   "the package %s is only half installed", half);
        }
        _cleanup_free_ char *differs = missing ? NULL : not_as_shipped(sys, release);
        if (differs) {
                finding_evidence(f, "the package's own verification", differs, "as shipped");
                finding_detail(f);
                return finding_set(f, VERDICT_FAULT, "headers-incomplete",
                                   "the header tree of kernel %s is not whole: %s", release,
                                   differs);
        }
        if (!missing)
                return finding_set(f, VERDICT_OK, NULL,
                                   "the headers of kernel %s are installed and complete", release);
        finding_evidence(f, missing, "missing or empty", "there");
        return finding_set(f, VERDICT_FAULT, "headers-incomplete",
                           "the header tree of kernel %s lacks %s", release, missing);
}
