/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plain and wrapping source trees. */
#include "kmod-build/make_call.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>

#include "lib/util.h"

/* What Makefiles call the kernel to build for. */
static const struct {
        const char *name;
        bool tree; /* the path of its header tree, not its release */
} variables[] = {
        { "TARGET_KERNEL_VERSION", false },
        { "KERNEL_VERSION", false },
        { "KVERSION", false },
        { "KVER", false },
        { "KERNEL_DIR", true },
        { "KERNEL_SRC", true },
        { "KERNELDIR", true },
        { "KDIR", true },
        { "KSRC", true },
};

static bool word_char(char c)
{
        return isalnum((unsigned char)c) || c == '_';
}

/* "$(NAME)" or "${NAME}": the Makefile reads the variable. */
static bool reads(const char *makefile, const char *name)
{
        size_t n = strlen(name);
        for (const char *at = makefile; (at = strstr(at, name)); at += n)
                if (at >= makefile + 2 && (at[-1] == '(' || at[-1] == '{') && at[-2] == '$' &&
                    !word_char(at[n]))
                        return true;
        return false;
}

static bool has_target(const char *makefile, const char *name)
{
        size_t n = strlen(name);
        for (const char *line = makefile; line; line = strchr(line, '\n')) {
                line += *line == '\n';
                if (strncmp(line, name, n) == 0 && line[n + strspn(line + n, " \t")] == ':' &&
                    line[n + strspn(line + n, " \t") + 1] != '=')
                        return true;
        }
        return false;
}

static void add(char ***argv, const char *name, const char *value)
{
        _cleanup_free_ char *word = xasprintf("%s=%s", name, value);
        strv_add(argv, word);
}

/* Kernels since 6.15 do not read EXTRA_CFLAGS, in which such Makefiles give their include folders:
 * the folders of that name go in a variable that all kernels read. */
static void add_folders(const struct bundle *bundle, const char *makefile, char ***argv)
{
        _cleanup_free_ char *flags = xstrdup("");
        for (size_t i = 0; i < bundle->n; i++) {
                const char *name = bundle->files[i].name, *slash = strrchr(name, '/');
                _cleanup_free_ char *folder = slash ? xstrndup(name, (size_t)(slash - name)) : NULL;
                if (!folder || !strstr(makefile, folder))
                        continue;
                _cleanup_free_ char *flag = xasprintf("-I" SOURCES_INSIDE "/%s", folder);
                const char *there = strstr(flags, flag);
                if (there && (there[strlen(flag)] == ' ' || !there[strlen(flag)]))
                        continue;
                char *longer = xasprintf("%s%s%s", flags, *flags ? " " : "", flag);
                free(flags);
                flags = longer;
        }
        if (*flags)
                add(argv, "KCFLAGS", flags);
}

/* 1 with *ARGV, 0: not of this kind. kbuild itself prefers the Kbuild, so a Makefile beside it is for
 * people. */
static int wrapping(const struct bundle *bundle, const struct tree *tree, char ***argv)
{
        const char *makefile = bundle_text(bundle, "Makefile");
        _cleanup_strv_ char **args = NULL;
        if (!makefile || !bundle_text(bundle, "Kbuild") || !strstr(makefile, "M="))
                return 0;
        strv_add(&args, "-C");
        strv_add(&args, SOURCES_INSIDE);
        for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
                if (reads(makefile, variables[i].name))
                        add(&args, variables[i].name,
                            variables[i].tree ? tree->path : tree->release);
        if (strv_length(args) == 2)
                return 0;
        if (strstr(makefile, "EXTRA_CFLAGS"))
                add_folders(bundle, makefile, &args);
        if (has_target(makefile, "all"))
                strv_add(&args, "all");
        *argv = TAKE_PTR(args);
        return 1;
}

int make_call(const struct bundle *bundle, const struct tree *tree, char ***argv, char **why)
{
        int r = make_call_dkms(bundle, tree, argv, why);
        if (r == 0)
                r = wrapping(bundle, tree, argv);
        if (r != 0)
                return r < 0 ? r : 0;
        _cleanup_strv_ char **args = NULL;
        strv_add(&args, "-C");
        strv_add(&args, tree->path);
        strv_add(&args, "M=" SOURCES_INSIDE);
        strv_add(&args, "modules");
        *argv = TAKE_PTR(args);
        return 0;
}
