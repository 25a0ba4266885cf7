/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in the module store, read without libsemanage. */
#include "selinux/store.h"

#include <bzlib.h>
#include <errno.h>

#include "lib/util.h"
#include "selinux/secep_selinux.h"

static void list_names(const struct sys *sys, const char *modules, long priority,
                       struct selinux_store *store)
{
        _cleanup_free_ char *path = xasprintf("%s/%ld", modules, priority);
        _cleanup_closedir_ DIR *dir = NULL;
        if (sys_opendir(sys, path, &dir) < 0)
                return;
        for (const struct dirent *e; (e = readdir(dir));) {
                if (e->d_name[0] == '.')
                        continue;
                store->modules = xreallocarray(store->modules, store->n_modules + 1,
                                               sizeof(*store->modules));
                store->modules[store->n_modules++] =
                        (struct selinux_module){ .name = xstrdup(e->d_name),
                                                 .priority = (unsigned)priority };
        }
}

static int list_modules(const struct sys *sys, struct selinux_store *store)
{
        _cleanup_free_ char *path = xasprintf("%s/%s/modules", store->path, store->part);
        _cleanup_closedir_ DIR *dir = NULL;
        int r = sys_opendir(sys, path, &dir);
        if (r < 0)
                return r;
        long priority;
        for (const struct dirent *e; (e = readdir(dir));)
                if (parse_long(e->d_name, 1, 999, &priority) == 0)
                        list_names(sys, path, priority, store);
        return 0;
}

static size_t count_modules(const struct sys *sys, const char *path, const char *part)
{
        _cleanup_selinux_store_ struct selinux_store store = { .path = xstrdup(path),
                                                               .part = xstrdup(part) };
        return list_modules(sys, &store) < 0 ? 0 : store.n_modules;
}

/* A transaction that got to the renames left a whole tmp; one with fewer modules than before may be
 * half deleted by somebody's begin, and previous is whole at any rate. */
const char *store_healer(const struct sys *sys, const char *path)
{
        size_t before = count_modules(sys, path, "previous");
        size_t after = count_modules(sys, path, "tmp");
        _cleanup_free_ char *policy = xasprintf("%s/tmp/policy.kern", path);
        _cleanup_free_ char *commit = xasprintf("%s/tmp/commit_num", path);
        if (after > 0 && after >= before && sys_exists(sys, policy) && sys_exists(sys, commit))
                return "tmp";
        return before > 0 ? "previous" : NULL;
}

int selinux_store_read(const struct sys *sys, const char *type, struct selinux_store *out,
                       char **why)
{
        _cleanup_selinux_store_ struct selinux_store store = { .path = store_find(sys, type) };
        if (!store.path) {
                *out = store;
                return 0;
        }
        _cleanup_free_ char *active = xasprintf("%s/active", store.path);
        struct stat st;
        int r = sys_stat(sys, active, &st);
        if (r < 0 && r != -ENOENT)
                return fail(why, r, "%s: %s", active, error_text(-r));
        store.cut_off = r == -ENOENT;
        const char *part = store.cut_off ? store_healer(sys, store.path) : "active";
        if (!part)
                return fail(why, -ENOENT, "%s has no active store and nothing whole to make one of",
                            store.path);
        store.part = xstrdup(part);
        r = list_modules(sys, &store);
        if (r < 0)
                return fail(why, r, "%s/%s/modules: %s", store.path, part, error_text(-r));
        *out = store;
        store = (struct selinux_store){ 0 };
        return 0;
}

void selinux_store_free(struct selinux_store *store)
{
        for (size_t i = 0; i < store->n_modules; i++)
                free(store->modules[i].name);
        free(store->modules);
        free(store->path);
        free(store->part);
        *store = (struct selinux_store){ 0 };
}

unsigned selinux_store_priority(const struct selinux_store *store, const char *name)
{
        unsigned highest = 0;
        for (size_t i = 0; i < store->n_modules; i++)
                if (streq(store->modules[i].name, name) && store->modules[i].priority > highest)
                        highest = store->modules[i].priority;
        return highest;
}

bool selinux_store_has(const struct selinux_store *store, const char *name, unsigned priority)
{
        for (size_t i = 0; i < store->n_modules; i++)
                if (store->modules[i].priority == priority && streq(store->modules[i].name, name))
                        return true;
        return false;
}

bool selinux_store_is_disabled(const struct sys *sys, const struct selinux_store *store,
                               const char *name)
{
        _cleanup_free_ char *path =
                xasprintf("%s/%s/modules/disabled/%s", store->path, store->part, name);
        return sys_exists(sys, path);
}

int store_unpack(const char *data, size_t len, char **out, size_t *out_len)
{
        if (len < 3 || memcmp(data, "BZh", 3) != 0) {
                *out = xstrndup("", 0);
                *out = xreallocarray(*out, len + 1, 1);
                memcpy(*out, data, len);
                (*out)[len] = '\0';
                *out_len = len;
                return 0;
        }
        for (size_t size = len * 16 + 4096; size <= STORE_FILE_MAX; size *= 2) {
                _cleanup_free_ char *text = xcalloc(size + 1, 1);
                unsigned got = (unsigned)size;
                int r = BZ2_bzBuffToBuffDecompress(text, &got, (char *)(uintptr_t)data,
                                                   (unsigned)len, 0, 0);
                if (r == BZ_OUTBUFF_FULL)
                        continue;
                if (r != BZ_OK)
                        return -EBADMSG;
                text[got] = '\0';
                *out = TAKE_PTR(text);
                *out_len = got;
                return 0;
        }
        return -EFBIG;
}

/* A module of another language lies in hll, and cil is what it was compiled to. */
int selinux_store_module(const struct sys *sys, const struct selinux_store *store, const char *name,
                         unsigned priority, char **text, size_t *len, char **lang, char **why)
{
        _cleanup_free_ char *dir =
                xasprintf("%s/%s/modules/%u/%s", store->path, store->part, priority, name);
        _cleanup_free_ char *lang_path = xasprintf("%s/lang_ext", dir);
        _cleanup_free_ char *word = NULL, *data = NULL;
        size_t data_len = 0;
        int r = sys_read(sys, lang_path, 64, &word, NULL);
        if (r < 0)
                return fail(why, r, "%s: %s", lang_path, sys_why(r));
        word[strcspn(word, "\n")] = '\0';
        _cleanup_free_ char *path = xasprintf("%s/%s", dir, streq(word, "cil") ? "cil" : "hll");
        r = sys_read(sys, path, STORE_FILE_MAX, &data, &data_len);
        if (r == 0)
                r = store_unpack(data, data_len, text, len);
        if (r < 0)
                return fail(why, r, "%s: %s", path, sys_why(r));
        *lang = TAKE_PTR(word);
        return 0;
}

int selinux_store_is_ours(const struct sys *sys, const struct selinux_store *store,
                          const char *name, unsigned priority, char **why)
{
        if (!selinux_store_has(store, name, priority))
                return 0;
        _cleanup_free_ char *text = NULL, *lang = NULL;
        size_t len = 0, ours_len;
        const char *ours = selinux_module_text(&ours_len);
        int r = selinux_store_module(sys, store, name, priority, &text, &len, &lang, why);
        if (r == -EBADMSG || r == -ENOENT || r == -EFBIG) /* torn: certainly not ours */
                return 0;
        if (r < 0)
                return r;
        return text && lang && streq(lang, "cil") && len == ours_len &&
               memcmp(text, ours, len) == 0;
}

int selinux_store_is_built(const struct sys *sys, const struct selinux_store *store,
                           const char *policy, char **why)
{
        _cleanup_free_ char *path = xasprintf("%s/%s/policy.kern", store->path, store->part);
        _cleanup_free_ char *built = NULL, *used = NULL;
        size_t built_len = 0, used_len = 0;
        struct stat a, b;
        if (!policy || sys_stat(sys, path, &a) < 0 || sys_stat(sys, policy, &b) < 0 ||
            a.st_size != b.st_size)
                return 0;
        int r = sys_read(sys, path, STORE_FILE_MAX, &built, &built_len);
        if (r < 0)
                return fail(why, r, "%s: %s", path, sys_why(r));
        r = sys_read(sys, policy, STORE_FILE_MAX, &used, &used_len);
        if (r < 0)
                return fail(why, r, "%s: %s", policy, sys_why(r));
        return built_len == used_len && memcmp(built, used, used_len) == 0;
}
