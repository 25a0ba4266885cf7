/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secep-rpm.so: what is installed and what is removed through librpm, package files of the operator
 * too; resolving from repositories by the root's own resolver, whose word is not taken for it:
 * librpm is asked afterwards. */
#include <errno.h>

#include "lib/i18n.h"
#include "lib/util.h"
#include "lib/wait.h"
#include "packages/difference.h"
#include "packages/rpm_db.h"
#include "packages/rpm_resolver.h"

#define RPM_LOCK "rpm's lock"

static int resolver_of(const struct sys *sys, const struct rpm_resolver **out, char **why)
{
        static const struct rpm_resolver *const all[] = { &rpm_resolver_dnf_api, &rpm_resolver_dnf,
                                                          &rpm_resolver_zypper };
        for (size_t i = 0; i < ARRAY_SIZE(all); i++)
                if (all[i]->there(sys)) {
                        *out = all[i];
                        return 0;
                }
        return fail(why, -EOPNOTSUPP,
                    "none of dnf, microdnf, yum and zypper is in this root: give the package files "
                    "with --offline");
}

/* The resolver starts before librpm is asked: both take their time. */
static int do_simulate(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why)
{
        const struct rpm_resolver *resolver = NULL;
        _cleanup_free_ char *no_resolver = NULL;
        int begun = sys->offline_dir ? 0 : resolver_of(sys, &resolver, &no_resolver);
        bool looked = resolver && resolver->waits();
        if (resolver)
                begun = resolver->begin(sys, request, &no_resolver);
        int r = looked ? 0 : rpm_installed(request->name, request->version, why);
        if (r != 0) {
                if (resolver)
                        resolver->drop();
                return r < 0 ? r : 0;
        }
        if (begun < 0)
                return fail(why, begun, "%s", no_resolver);
        r = resolver ? resolver->simulate(sys, request, out, why)
                     : rpm_files_simulate(sys, request, out, why);
        for (size_t i = 0; r == 0 && i < out->n_changes; i++)
                if (out->changes[i].old && !*out->changes[i].old)
                        r = rpm_newest(out->changes[i].name, &out->changes[i].old, why);
        return r;
}

/* dnf says "Complete!" also after a scriptlet failed: the database has the last word. */
static int read_back(const struct package_request *request, int r, const char *said, char **why)
{
        int there = rpm_installed(request->name, request->version, why);
        if (there < 0)
                return there;
        if (r == 0 && there == 1)
                return 0;
        return fail(why, r < 0 ? r : -EIO, "%s is %s: %s", request->name,
                    there ? _("installed, but something went wrong") : "not installed",
                    said && *said ? said : _("the resolver did not say why"));
}

/* It says what keeps the package away, not that something went wrong. */
static bool is_an_answer(int r)
{
        static const int answers[] = { -ENOENT, -EACCES,  -ENOKEY,   -ENETDOWN,
                                       -EAGAIN, -EBADMSG, -ENOTUNIQ, -ENOSPC };
        for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
                if (answers[i] == r)
                        return true;
        return false;
}

/* rpm itself does not wait for its lock: somebody may take it between our look and dnf's. */
static int with_resolver(const char *verb, const struct sys *sys,
                         const struct package_request *request, struct package_result *out,
                         char **why)
{
        const struct rpm_resolver *resolver = NULL;
        int found = resolver_of(sys, &resolver, why);
        if (found < 0)
                return found;
        struct wait wait = { 0 };
        for (;;) {
                _cleanup_free_ char *said = NULL;
                int r = rpm_wait_lock(sys, request, out, why);
                if (r < 0)
                        return r;
                r = resolver->change(verb, sys, request, out, &said);
                if (r == -EAGAIN && wait_pause(sys, &wait, RPM_LOCK, 50, NULL) == 0) {
                        free(TAKE_PTR(out->cause));
                        continue;
                }
                if (is_an_answer(r))
                        return fail(why, r, "%s", said);
                return read_back(request, r, said, why);
        }
}

static int install(const struct sys *sys, const struct package_request *request,
                   struct package_result *out, char **why)
{
        const struct rpm_resolver *resolver = NULL;
        bool looked = resolver_of(sys, &resolver, NULL) == 0 && resolver->waits();
        int r = looked ? 0 : rpm_installed(request->name, request->version, why);
        if (r != 0)
                return r < 0 ? r : 0;
        return sys->offline_dir ? rpm_files_install(sys, request, out, why)
                                : with_resolver("install", sys, request, out, why);
}

/* The answer is what the database has now and had not before, also after a failure. */
static int do_install(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why)
{
        _cleanup_package_entries_ struct package_entries before = { 0 };
        int known = rpm_entries(&before);
        int r = install(sys, request, out, why);
        if (known == 0)
                rpm_difference(&before, out);
        return r;
}

static int do_reinstall(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why)
{
        return sys->offline_dir ? rpm_files_reinstall(sys, request, out, why)
                                : with_resolver("reinstall", sys, request, out, why);
}

static int do_offer(const struct sys *sys, const struct package_request *request,
                    struct package_result *out, char **why)
{
        const struct rpm_resolver *resolver = NULL;
        int r = sys->offline_dir ? 0 : resolver_of(sys, &resolver, why);
        return r < 0 ? r : rpm_offer(sys, resolver, request, out, why);
}

static int do_provider(const struct sys *sys, const struct package_request *request,
                       struct package_result *out, char **why)
{
        const struct rpm_resolver *resolver = NULL;
        int r = sys->offline_dir ? 0 : resolver_of(sys, &resolver, why);
        if (r < 0)
                return r;
        if (!resolver)
                return rpm_files_provider(sys, request, out, why);
        return resolver->provider ? resolver->provider(sys, request, out, why) : 0;
}

__attribute__((visibility("default"))) const struct package_system package_system = {
        .abi = PACKAGE_SYSTEM_ABI,
        .simulate = do_simulate,
        .install = do_install,
        .reinstall = do_reinstall,
        .remove = rpm_remove,
        .offer = do_offer,
        .owner = rpm_owner,
        .provider = do_provider,
        .versions = rpm_versions,
};
