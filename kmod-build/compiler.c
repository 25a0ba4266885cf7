/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compiler a kernel asks for. */
#include <ctype.h>
#include <errno.h>

#include "kmod-build/tree.h"

static const char *const directories[] = { "/usr/bin", "/usr/local/bin" };

/* "gcc-12 (Debian 12.2.0-14) 12.2.0", "gcc (GCC) 8.5.0 20210514 (Red Hat 8.5.0-4)",
 * "Debian clang version 14.0.6": the first word is the program, the first number after a space that
 * has a dot is the version. */
long compiler_major(const char *text)
{
        for (const char *at = strchr(text, ' '); at; at = strchr(at + 1, ' ')) {
                const char *p = at + 1;
                while (isdigit((unsigned char)*p))
                        p++;
                if (p > at + 1 && *p == '.')
                        return strtol(at + 1, NULL, 10);
        }
        return 0;
}

static char *program_of(const char *text)
{
        size_t n = strcspn(text, " ");
        _cleanup_free_ char *word = xstrndup(text, n);
        if (strstr(text, "clang"))
                return xstrdup("clang");
        const char *slash = strrchr(word, '/');
        return xstrdup(slash ? slash + 1 : word);
}

static char *in_path(const struct sys *sys, const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
                _cleanup_free_ char *path = xasprintf("%s/%s", directories[i], name);
                if (sys_exists(sys, path))
                        return TAKE_PTR(path);
        }
        return NULL;
}

/* The version of plain gcc by the directory its parts are in, /usr/lib/gcc/TARGET/MAJOR: the
 * newest is the distribution's default. */
static long plain_gcc_major(const struct sys *sys)
{
        _cleanup_closedir_ DIR *targets = NULL;
        long newest = 0;
        if (sys_opendir(sys, "/usr/lib/gcc", &targets) < 0)
                return 0;
        for (struct dirent *t; (t = readdir(targets));) {
                _cleanup_free_ char *path = xasprintf("/usr/lib/gcc/%s", t->d_name);
                _cleanup_closedir_ DIR *versions = NULL;
                if (t->d_name[0] == '.' || sys_opendir(sys, path, &versions) < 0)
                        continue;
                for (struct dirent *v; (v = readdir(versions));) {
                        _cleanup_free_ char *cc1 = xasprintf("%s/%s/cc1", path, v->d_name);
                        long major = strtol(v->d_name, NULL, 10);
                        if (major > newest && sys_exists(sys, cc1))
                                newest = major;
                }
        }
        return newest;
}

static char *find(const struct sys *sys, const struct tree *tree)
{
        _cleanup_free_ char *program = tree->compiler ? program_of(tree->compiler) : NULL;
        long major = tree->compiler ? compiler_major(tree->compiler) : 0;
        const bool gcc = !program || !streq(program, "clang");
        _cleanup_free_ char *numbered = xasprintf("%s-%ld", gcc ? "gcc" : "clang", major);
        _cleanup_free_ char *toolset = xasprintf("/opt/rh/gcc-toolset-%ld/root/usr/bin/gcc", major);
        char *found = NULL;
        if (program && strchr(program, '-'))
                found = in_path(sys, program);
        if (!found)
                found = in_path(sys, numbered);
        if (!found && gcc && sys_exists(sys, toolset))
                found = xstrdup(toolset);
        if (!found && gcc && plain_gcc_major(sys) >= major)
                found = in_path(sys, "gcc");
        if (!found && !gcc)
                found = in_path(sys, "clang");
        return found;
}

int tree_compiler(const struct sys *sys, const struct tree *tree, char **cc, char **identity,
                  char **why)
{
        _cleanup_free_ char *found = find(sys, tree);
        struct stat st;
        if (!found || sys_stat(sys, found, &st) < 0)
                return fail(why, -ENOENT,
                            "the kernel %s requires the compiler \"%s\", and neither "
                            "it nor a newer one is installed",
                            tree->release, tree->compiler ? tree->compiler : "gcc");
        if (identity)
                *identity = xasprintf("%s %lld %lld", found, (long long)st.st_size,
                                      (long long)st.st_mtime);
        *cc = TAKE_PTR(found);
        return 0;
}
