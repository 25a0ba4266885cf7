/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plug-in over libkmod. */
#include <errno.h>
#include <libkmod.h>

#include "kmod-build/load.h"

extern const struct kmod_plugin kmod_plugin;

struct handle {
        struct kmod_ctx *ctx;
        struct kmod_module *module;
};

static void handle_close(struct handle *h)
{
        if (h->module)
                kmod_module_unref(h->module);
        if (h->ctx)
                kmod_unref(h->ctx);
}

/* By name through the index, so that the file's own name plays no part and dependencies come. */
static int handle_open(const char *dir, const char *name, struct handle *h)
{
        h->ctx = kmod_new(dir, NULL);
        if (!h->ctx)
                return -ENOMEM;
        struct kmod_list *list = NULL;
        int r = kmod_module_new_from_lookup(h->ctx, name, &list);
        if (r == 0 && !list)
                r = -ENOENT;
        if (r == 0)
                h->module = kmod_module_get_module(list);
        kmod_module_unref_list(list);
        return r;
}

static int load(const char *dir, const char *name)
{
        __attribute__((cleanup(handle_close))) struct handle h = { 0 };
        int r = handle_open(dir, name, &h);
        return r < 0 ? r
                     : kmod_module_probe_insert_module(h.module, KMOD_PROBE_APPLY_BLACKLIST_ALL,
                                                       NULL, NULL, NULL, NULL);
}

static int unload(const char *dir, const char *name)
{
        __attribute__((cleanup(handle_close))) struct handle h = { 0 };
        h.ctx = kmod_new(dir, NULL);
        int r = h.ctx ? kmod_module_new_from_name(h.ctx, name, &h.module) : -ENOMEM;
        if (r == 0)
                r = kmod_module_remove_module(h.module, 0);
        return r == -ENOENT ? 0 : r;
}

const struct kmod_plugin kmod_plugin = { load, unload };
