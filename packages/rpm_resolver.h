/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside secep-rpm.so: the root's own resolver, run as a program. */
#ifndef SECEP_PACKAGES_RPM_RESOLVER_H
#define SECEP_PACKAGES_RPM_RESOLVER_H

#include "lib/util.h"
#include "packages/packages.h"

struct rpm_resolver {
        bool (*there)(const struct sys *sys);
        /* Starts it, so that it resolves while something else is looked at. 0 or -errno with *WHY.
         */
        int (*begin)(const struct sys *sys, const struct package_request *request, char **why);
        /* What it would bring in, as "name-version-release"; what it would change from one version
         * to another by its name, with that old version or "". Contract of package_call(). */
        int (*simulate)(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why);
        /* Does one that was begun wait for its answer? It has looked at what is installed. */
        bool (*waits)(void);
        /* Forgets one that was begun and not answered. */
        void (*drop)(void);
        /* "install" or "reinstall", by the one that waits where there is one. *SAID: what went
         * wrong. The caller asks librpm for the outcome. */
        int (*change)(const char *verb, const struct sys *sys,
                      const struct package_request *request, struct package_result *out,
                      char **said);
        /* All versions of the package of that name, as VERSION-RELEASE.ARCH, into out->candidates.
         */
        int (*candidates)(const struct sys *sys, const struct package_request *request,
                          struct package_result *out, char **why);
        /* What provides request->name ("NAME = VERSION"), the oldest first, into out->changes;
         * NULL: it cannot be asked. */
        int (*provider)(const struct sys *sys, const struct package_request *request,
                        struct package_result *out, char **why);
};

/* dnf 4, asked through its Python API. */
extern const struct rpm_resolver rpm_resolver_dnf_api;
/* dnf 5, microdnf: run once, it resolves and asks "Is this ok", and the answer is given when the
 * installation is wanted, by then with its undo on disk. */
extern const struct rpm_resolver rpm_resolver_dnf;
/* zypper: asked in XML what it would do, then told to. */
extern const struct rpm_resolver rpm_resolver_zypper;

#define NO_ANSWER "no answer from the repositories within the time allowed"

/* Sets the cause unless there is one. Returns R, for fail(). */
static inline int rpm_cause(struct package_result *out, const char *cause, int r)
{
        if (cause && !out->cause)
                out->cause = xstrdup(cause);
        return r;
}

#endif
