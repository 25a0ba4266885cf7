/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The room kmod-build as a command, for its tests.
 *
 *   kmod-tool ROOT RELEASE build MODULE [SOURCE]     prints "built PATH" or "cached PATH"
 *   kmod-tool ROOT RELEASE install MODULE [SOURCE]   builds and installs
 *   kmod-tool ROOT RELEASE fits MODULE FILE          FILE is in the root
 *   kmod-tool ROOT RELEASE look MODULE
 *   kmod-tool ROOT RELEASE load|unload MODULE
 *   kmod-tool ROOT RELEASE prove file|network        prints the type that saw it, or why not
 *   kmod-tool ROOT RELEASE hear file|network         the same through the module's device
 *   kmod-tool ROOT RELEASE core x
 *   kmod-tool ROOT RELEASE signer x                  the key: "none", "trusted" or "not trusted"
 *   kmod-tool ROOT RELEASE has entry|return|map NAME...   "has NAME" or "has not NAME"
 * A failure is its errno and sentence on standard error, status 1. */
#include <errno.h>

#include "kmod-build/ampfsm/record.h"
#include "kmod-build/build.h"
#include "kmod-build/load.h"
#include "kmod-build/module_file.h"
#include "kmod-build/prove.h"
#include "kmod-build/sign.h"
#include "lib/conf.h"

static int do_build(const struct sys *sys, char **argv, bool install, char **why)
{
        _cleanup_kmod_built_ struct kmod_built built = { 0 };
        struct kmod_request request = { .module = argv[0],
                                        .release = sys->release,
                                        .source = argv[1] };
        int r = kmod_build(sys, &request, &built, why);
        if (r == 0 && install)
                r = kmod_install(sys, built.path, argv[0], sys->release, why);
        if (r == 0)
                printf("%s %s\n", built.cached ? "cached" : "built", built.path);
        return r;
}

static int do_fits(const struct sys *sys, char **argv, char **why)
{
        _cleanup_tree_ struct tree tree = { 0 };
        _cleanup_free_ char *data = NULL;
        size_t len = 0;
        int r = tree_open(sys, sys->release, &tree, why);
        if (r == 0)
                r = sys_read(sys, argv[1], MODULE_MAX, &data, &len);
        return r < 0 ? r : module_fits(data, len, argv[0], &tree, why);
}

static int do_look(const struct sys *sys, char **argv, char **why)
{
        static const char *const names[] = { "absent", "stale", "blacklisted", "loadable",
                                             "loaded" };
        _cleanup_tree_ struct tree tree = { 0 };
        _cleanup_module_look_ struct module_look look = { 0 };
        int have = tree_open(sys, sys->release, &tree, NULL);
        int r = module_look(sys, argv[0], sys->release, have == 0 ? &tree : NULL, &look, why);
        if (r == 0)
                printf("%s%s%s\n", names[look.where], look.why ? ": " : "",
                       look.why ? look.why : "");
        return r;
}

static int do_prove(const struct sys *sys, char **argv, bool device, char **why)
{
        _cleanup_proof_ struct proof proof = { 0 };
        bool file = streq(argv[0], "file");
        enum monitor monitor = file ? MONITOR_FILE : MONITOR_NETWORK;
        int r = device ? module_prove(sys, monitor, file ? AMP_FILE_MODULE : AMP_NETWORK_MODULE,
                                      &proof, why)
                       : bpf_prove(sys, monitor, &proof, why);
        if (r == 0)
                printf("%s\nrefusal %d: %s\n", proof.seen ? proof.type : "not seen", proof.refusal,
                       proof.why);
        return r;
}

static int do_core(const struct sys *sys, char **why)
{
        int r = bpf_core_works(sys, why);
        if (r >= 0)
                printf("%s%s%s\n", r ? "works" : "does not", *why ? ": " : "", *why ? *why : "");
        return r < 0 ? r : 0;
}

static int do_signer(const struct sys *sys)
{
        _cleanup_signer_ struct signer signer = { 0 };
        signer_look(sys, &signer);
        puts(!signer.key ? "none" : signer.trusted ? "trusted" : "not trusted");
        return 0;
}

static int do_has(const struct sys *sys, char **argv, char **why)
{
        struct bpf_want wants[64] = { 0 };
        size_t n = 0;
        enum bpf_want_kind kind = streq(argv[0], "map")     ? BPF_WANT_MAP
                                  : streq(argv[0], "entry") ? BPF_WANT_ENTRY
                                                            : BPF_WANT_RETURN;
        for (char **name = argv + 1; *name && n < ARRAY_SIZE(wants); name++)
                wants[n++] = (struct bpf_want){ .name = *name, .kind = kind };
        int r = bpf_has(sys, wants, n, why);
        for (size_t i = 0; r == 0 && i < n; i++)
                printf("has %s%s\n", wants[i].has ? "" : "not ", wants[i].name);
        return r;
}

static int run_verb(const struct sys *sys, const char *verb, char **argv, char **why)
{
        if (streq(verb, "build"))
                return do_build(sys, argv, false, why);
        if (streq(verb, "install"))
                return do_build(sys, argv, true, why);
        if (streq(verb, "fits"))
                return do_fits(sys, argv, why);
        if (streq(verb, "look"))
                return do_look(sys, argv, why);
        if (streq(verb, "load"))
                return module_load(sys, argv[0], sys->release, why);
        if (streq(verb, "unload"))
                return module_unload(sys, argv[0], why);
        if (streq(verb, "prove") || streq(verb, "hear"))
                return do_prove(sys, argv, streq(verb, "hear"), why);
        if (streq(verb, "has"))
                return do_has(sys, argv, why);
        if (streq(verb, "signer"))
                return do_signer(sys);
        if (streq(verb, "core"))
                return do_core(sys, why);
        return -EINVAL;
}

int main(int argc, char **argv)
{
        _cleanup_sys_ struct sys sys = { .root_fd = -1 };
        _cleanup_free_ char *why = NULL;
        if (argc < 5)
                return 2;
        int r = sys_open(argv[1], &sys, &why);
        if (r == 0)
                r = conf_load(&sys, &why);
        if (r == 0) {
                free(sys.release);
                sys.release = xstrdup(argv[2]);
                sys.deadline = now_ms() + 120000;
                r = run_verb(&sys, argv[3], argv + 4, &why);
        }
        if (r < 0)
                fprintf(stderr, "%d: %s\n", -r, why ? why : strerror(-r));
        return r < 0;
}
