/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnf 5 and microdnf: run once, asked and answered. (dnf 4: rpm_dnf_api.c.) */
#include "packages/rpm_dnf.h"
#include "packages/rpm_resolver.h"

#include <errno.h>

#include "lib/dialog.h"
#include "lib/door.h"
#include "lib/util.h"

#define EVR_ARCH "%{version}-%{release}.%{arch}\n"

/* dnf 4 is a Python program, and asked through its API: a dnf or yum that is none is dnf 5. */
static const struct program {
        const char *name;
        enum dnf_columns columns;
        bool is_dnf5;
        const char *const *query;
} programs[] = {
#define QUERY                                                                                      \
        (const char *const[])                                                                      \
        {                                                                                          \
                "-q", "repoquery", "--qf", EVR_ARCH, NULL                                          \
        }
        { "dnf", DNF_COLUMNS, true, QUERY },
        { "dnf5", DNF_COLUMNS, true, QUERY },
        { "microdnf", MICRODNF_COLUMNS, false, (const char *const[]){ "repoquery", NULL } },
        { "yum", DNF_COLUMNS, true, QUERY },
};

/* Whatever the root's configuration says: no answer that nobody gave, no package that is not needed,
 * none of the kernels and headers there removed for this one. */
static const char *const forced[] = { "--setopt=assumeyes=0", "--setopt=assumeno=0",
                                      "--setopt=defaultyes=0", "--setopt=install_weak_deps=0",
                                      "--setopt=installonly_limit=1000" };
/* And no success without the package; nor the plug-in that keeps packages nobody vouched for and
 * offers them again past a key that was refused. */
static const char *const forced_dnf5[] = { "--setopt=skip_unavailable=0", "--setopt=skip_broken=0",
                                           "--disable-plugin=local" };

static const struct program *program_of(const struct sys *sys)
{
        for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
                _cleanup_free_ char *path = xasprintf("/usr/bin/%s", programs[i].name);
                if (sys_exists(sys, path))
                        return &programs[i];
        }
        return NULL;
}

static bool there(const struct sys *sys)
{
        return program_of(sys) != NULL;
}

#define QUESTION "[y/N]: "
/* To "Is this ok", once: a key that comes up after it is not ours to accept. */
#define YES "y\n"

static struct dialog *waiting;

static char *spec_of(const struct package_request *request)
{
        bool any = !request->version || !*request->version;
        return any ? xstrdup(request->name) : xasprintf("%s-%s", request->name, request->version);
}

static void force_dnf5(const struct package_request *request, char ***argv)
{
        for (size_t i = 0; i < ARRAY_SIZE(forced_dnf5); i++)
                strv_add(argv, forced_dnf5[i]);
        if (!startswith(request->name, "kernel"))
                return;
        /* what is of a kernel stands beside another's; appended to those it knows */
        _cleanup_free_ char *option = xasprintf("--setopt=installonlypkgs=%s", request->name);
        strv_add(argv, option);
}

static int start(const struct sys *sys, const struct package_request *request, char **args,
                 struct dialog **out, char **why)
{
        const struct program *program = program_of(sys);
        _cleanup_strv_ char **argv = NULL;
        strv_add(&argv, program->name);
        for (size_t i = 0; i < ARRAY_SIZE(forced); i++)
                strv_add(&argv, forced[i]);
        if (program->is_dnf5)
                force_dnf5(request, &argv);
        int r = request->extra ? dnf_add_extra(sys, &argv, why) : 0;
        if (r < 0)
                return r;
        for (char **a = args; *a; a++)
                strv_add(&argv, *a);
        /* who only looks is nobody, and may not write in root's home */
        const char *const env[] = { geteuid() == 0 ? "HOME=/root" : "HOME=/tmp", "COLUMNS=400",
                                    NULL };
        const struct run asked = {
                RUN_DEFAULT,
                .argv = (const char *const *)argv,
                .env = env,
        };
        r = dialog_start(&asked, out);
        return r < 0 ? fail(why, r, "%s: %s", program->name, strerror(-r)) : 0;
}

/* dnf 5 asks on stderr. */
static char *all_said(const struct dialog *d)
{
        _cleanup_free_ char *said = dialog_said(d), *complained = dialog_complained(d);
        return xasprintf("%s\n%s", said, complained);
}

static int failed(const struct sys *sys, const struct package_request *request,
                  const struct run_result *result, struct package_result *out, char **why)
{
        const struct dnf_asked asked = { sys, request, program_of(sys)->name };
        return program_of(sys)->is_dnf5 ? dnf5_meaning(&asked, result, out, why)
                                        : dnf_meaning(result, out, why);
}

static void take_candidates(const struct package_request *request, char *text,
                            struct package_result *out)
{
        char *save = NULL;
        size_t n = strlen(request->name);
        for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
                if (startswith(l, request->name) && l[n] == '-')
                        l += n + 1;
                if (*l && *l != ' ' && !strchr(l, ':'))
                        strv_add(&out->candidates, l);
        }
}

/* The same words as for the transaction, but for a repository's key: that is nobody's to answer. */
static int asks_about_key(const struct sys *sys, struct dialog *d, struct package_result *out,
                          char **why)
{
        (void)dialog_until_either(d, QUESTION, sys_time_left(sys) + 1);
        _cleanup_free_ char *said = all_said(d);
        return dnf_names_key(said, out, why);
}

/* A program that only looks, to its end: what it printed, in *RESULT. */
static int query(const struct sys *sys, const struct package_request *request, char **args,
                 struct run_result *result, struct package_result *out, char **why)
{
        struct dialog *d = NULL;
        int r = start(sys, request, args, &d, why);
        if (r < 0)
                return r;
        r = dialog_until_either(d, QUESTION, sys_time_left(sys) + 1);
        if (r == 1)
                r = asks_about_key(sys, d, out, why);
        else if (r < 0)
                r = fail(why, rpm_cause(out, "repository-unreachable", -ENETDOWN), NO_ANSWER);
        if (r < 0) {
                dialog_drop(d);
                return r;
        }
        dialog_finish(d, result);
        return result->status != 0 ? failed(sys, request, result, out, why) : 0;
}

static int candidates(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why)
{
        _cleanup_strv_ char **args = NULL;
        _cleanup_run_result_ struct run_result result = { 0 };
        if (request->refresh)
                strv_add(&args, "--refresh");
        for (const char *const *q = program_of(sys)->query; *q; q++)
                strv_add(&args, *q);
        strv_add(&args, request->name);
        int r = query(sys, request, args, &result, out, why);
        if (r == 0)
                take_candidates(request, result.out, out);
        return r;
}

static bool waits(void)
{
        return waiting != NULL;
}

static void drop(void)
{
        dialog_drop(TAKE_PTR(waiting));
}

static int begin(const struct sys *sys, const struct package_request *request, char **why)
{
        _cleanup_strv_ char **args = NULL;
        _cleanup_free_ char *spec = spec_of(request);
        if (waiting)
                return 0;
        if (!request->stays && program_of(sys)->is_dnf5)
                strv_add(&args, "--assumeno");
        if (request->refresh)
                strv_add(&args, "--refresh");
        strv_add(&args, "install");
        strv_add(&args, spec);
        return start(sys, request, args, &waiting, why);
}

static int simulate(const struct sys *sys, const struct package_request *request,
                    struct package_result *out, char **why)
{
        int r = dialog_until_either(waiting, QUESTION, sys_time_left(sys) + 1);
        if (r == -ETIMEDOUT) {
                drop();
                return fail(why, rpm_cause(out, "repository-unreachable", -ENETDOWN), NO_ANSWER);
        }
        _cleanup_free_ char *said = dialog_said(waiting);
        _cleanup_free_ char *removed = dnf_parse_table(said, program_of(sys)->columns, out);
        if (removed) {
                drop();
                return fail(why, -ENOTUNIQ, "%s would have to be removed for it", removed);
        }
        if (r == 1 && out->n_changes == 0 && asks_about_key(sys, waiting, out, why) < 0) {
                drop();
                return -ENOKEY;
        }
        if (r == 1 && !request->stays)
                drop();
        if (r == 1 && out->n_changes > 0)
                return 0;
        _cleanup_run_result_ struct run_result result = { 0 };
        if (waiting)
                dialog_finish(TAKE_PTR(waiting), &result);
        if (out->n_changes > 0)
                return 0;
        r = failed(sys, request, &result, out, why);
        if (r == -ENOENT) {
                _cleanup_free_ char *ignored = NULL;
                (void)candidates(sys, request, out, &ignored);
        }
        return r;
}

static int change(const char *verb, const struct sys *sys, const struct package_request *request,
                  struct package_result *out, char **said)
{
        _cleanup_free_ char *spec = spec_of(request);
        char *args[] = { (char *)verb, spec, NULL };
        _cleanup_run_result_ struct run_result result = { 0 };
        progress_tell(request->progress, verb, -1);
        if (!streq(verb, "install"))
                drop();
        int r = waiting ? 0 : start(sys, request, args, &waiting, said);
        if (r == 0)
                r = asks_about_key(sys, waiting, out, said);
        if (r < 0) {
                drop();
                return r;
        }
        dialog_answer(waiting, YES);
        dialog_finish(TAKE_PTR(waiting), &result);
        if (result.status == 0 && !dnf_scriptlet_failed(result.out) &&
            !dnf_scriptlet_failed(result.err))
                return 0;
        if (result.status == 0)
                return fail(said, -EIO, "a scriptlet of the package failed");
        return failed(sys, request, &result, out, said);
}

/* microdnf cannot be asked so. */
static int provider(const struct sys *sys, const struct package_request *request,
                    struct package_result *out, char **why)
{
        _cleanup_strv_ char **args = NULL;
        _cleanup_run_result_ struct run_result result = { 0 };
        if (!program_of(sys)->is_dnf5)
                return 0;
        const char *const words[] = { "-q",          "repoquery", "--whatprovides",
                                      request->name, "--qf",      "%{name} " EVR_ARCH,
                                      NULL };
        for (const char *const *w = words; *w; w++)
                strv_add(&args, *w);
        int r = query(sys, request, args, &result, out, why);
        if (r == 0)
                dnf5_take_providers(result.out, out);
        return r;
}

const struct rpm_resolver rpm_resolver_dnf = {
        .there = there,
        .begin = begin,
        .simulate = simulate,
        .waits = waits,
        .drop = drop,
        .change = change,
        .candidates = candidates,
        .provider = provider,
};
