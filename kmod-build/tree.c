/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Header trees. */
#include "kmod-build/tree.h"

#include <errno.h>

#include "lib/sha256.h"
#include "lib/i18n.h"

#define CONFIG_FILE_MAX ((size_t)8 << 20)
#define SYMVERS_MAX ((size_t)64 << 20)

static int tree_read(const struct sys *sys, const struct tree *tree, const char *name, size_t max,
                     char **out, size_t *len, char **why)
{
        _cleanup_free_ char *path = xasprintf("%s/%s", tree->path, name);
        int r = sys_read(sys, path, max, out, len);
        return r < 0 ? fail(why, -ENODATA, "the header tree %s has no readable %s (%s)", tree->path,
                            name, error_text(-r))
                     : 0;
}

/* The quoted or plain value of "#define NAME value"; malloc'ed, NULL where it is not defined. */
static char *defined(const char *text, const char *name)
{
        _cleanup_free_ char *line = xasprintf("\n#define %s ", name);
        const char *at = startswith(text, line + 1) ? text - 1 : strstr(text, line);
        if (!at)
                return NULL;
        at += strlen(line);
        size_t n = strcspn(at, "\n");
        if (n >= 2 && at[0] == '"' && at[n - 1] == '"')
                return xstrndup(at + 1, n - 2);
        return xstrndup(at, n);
}

static bool option(const char *autoconf, const char *name)
{
        _cleanup_free_ char *full = xasprintf("CONFIG_%s", name);
        _cleanup_free_ char *value = defined(autoconf, full);
        return value != NULL;
}

static int release_matches(const struct sys *sys, const struct tree *tree, char **why)
{
        _cleanup_free_ char *text = NULL, *found = NULL;
        int r = tree_read(sys, tree, "include/generated/utsrelease.h", CONFIG_FILE_MAX, &text, NULL,
                          why);
        if (r < 0)
                return r;
        found = defined(text, "UTS_RELEASE");
        if (!found || !streq(found, tree->release))
                return fail(why, -ESTALE, "the header tree %s is of kernel %s", tree->path,
                            found ? found : _("(it does not say)"));
        return 0;
}

static char *vermagic_flags(const char *autoconf)
{
        const bool preempt = option(autoconf, "PREEMPT_BUILD") || option(autoconf, "PREEMPT"),
                   rt = option(autoconf, "PREEMPT_RT");
        _cleanup_free_ char *flags =
                xasprintf("%s%s%s%s%s", option(autoconf, "SMP") ? "SMP " : "",
                          rt        ? "preempt_rt "
                          : preempt ? "preempt "
                                    : "",
                          option(autoconf, "MODULE_UNLOAD") ? "mod_unload " : "",
                          option(autoconf, "MODVERSIONS") ? "modversions " : "",
                          option(autoconf, "ARM64") ? "aarch64 " : "");
        size_t n = strlen(flags);
        return xstrndup(flags, n > 0 ? n - 1 : 0);
}

static void read_config(struct tree *tree, const char *autoconf)
{
        tree->flags = vermagic_flags(autoconf);
        tree->modversions = option(autoconf, "MODVERSIONS");
        tree->ebpf = option(autoconf, "BPF_EVENTS") && option(autoconf, "KPROBE_EVENTS");
        tree->signatures = option(autoconf, "MODULE_SIG");
        tree->sign_hash = defined(autoconf, "CONFIG_MODULE_SIG_HASH");
        if (!tree->sign_hash)
                tree->sign_hash = xstrdup("sha256");
        tree->compiler = defined(autoconf, "CONFIG_CC_VERSION_TEXT");
}

static int by_name(const void *a, const void *b)
{
        return strcmp(((const struct symbol *)a)->name, ((const struct symbol *)b)->name);
}

/* A line is "0x12345678\tsymbol\tmodule\ttype...". */
void tree_crcs(const struct tree *tree, struct symbol *symbols, size_t n)
{
        struct symbol key = { 0 };
        if (n > 0)
                qsort(symbols, n, sizeof(*symbols), by_name);
        for (const char *line = tree->symvers, *end; *line; line = end + (*end == '\n')) {
                end = strchrnul(line, '\n');
                const char *name = memchr(line, '\t', (size_t)(end - line));
                size_t len = name ? strcspn(++name, "\t\n ") : sizeof(key.name);
                if (len >= sizeof(key.name))
                        continue;
                memcpy(key.name, name, len);
                key.name[len] = '\0';
                struct symbol *found =
                        n ? bsearch(&key, symbols, n, sizeof(*symbols), by_name) : NULL;
                if (!found)
                        continue;
                found->found = true;
                found->kernels = (uint32_t)strtoul(line, NULL, 16);
        }
}

static int read_parts(const struct sys *sys, struct tree *tree, char **why)
{
        _cleanup_free_ char *autoconf = NULL, *scripts = xasprintf("%s/scripts", tree->path);
        size_t config_len = 0, symvers_len = 0;
        int r = release_matches(sys, tree, why);
        if (r < 0)
                return r;
        r = tree_read(sys, tree, "include/generated/autoconf.h", CONFIG_FILE_MAX, &autoconf,
                      &config_len, why);
        if (r < 0)
                return r;
        r = tree_read(sys, tree, "Module.symvers", SYMVERS_MAX, &tree->symvers, &symvers_len, why);
        if (r < 0)
                return r;
        if (!sys_exists(sys, scripts))
                return fail(why, -ENODATA, "the header tree %s has no scripts/", tree->path);
        struct sha256 h;
        sha256_init(&h);
        sha256_field(&h, autoconf, config_len);
        sha256_field(&h, tree->symvers, symvers_len);
        sha256_end(&h, tree->digest);
        read_config(tree, autoconf);
        return 0;
}

int tree_open(const struct sys *sys, const char *release, struct tree *out, char **why)
{
        if (!*release || strchr(release, '/') || release[0] == '.')
                return fail(why, -EINVAL, "%s is not a kernel release", release);
        _cleanup_tree_ struct tree tree = {
                .path = xasprintf("/lib/modules/%s/build", release),
                .release = xstrdup(release),
        };
        struct stat st;
        int r = sys_stat(sys, tree.path, &st);
        if (r < 0 || !S_ISDIR(st.st_mode))
                return fail(why, r < 0 && r != -ENOENT ? r : -ENOENT, "there is no header tree %s",
                            tree.path);
        /* Whoever writes there writes the kernel's code, and scripts/sign-file. */
        if (sys->live && (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH))))
                return fail(why, -EPERM,
                            "the header tree %s is writable by others than root and is not used",
                            tree.path);
        r = read_parts(sys, &tree, why);
        if (r < 0)
                return r;
        *out = tree;
        tree = (struct tree){ 0 };
        return 0;
}

void tree_free(struct tree *tree)
{
        free(tree->path);
        free(tree->release);
        free(tree->flags);
        free(tree->sign_hash);
        free(tree->compiler);
        free(tree->symvers);
        *tree = (struct tree){ 0 };
}
