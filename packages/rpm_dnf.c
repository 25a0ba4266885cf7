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
static const char *const query_words[] = { "-q", "repoquery", "--qf", EVR_ARCH, NULL };
static const char *const microdnf_words[] = { "repoquery", NULL };

static const struct program {
        const char *name;
        enum dnf_columns columns;
        bool is_dnf5;
        const char *const *query;
} programs[] = {
        { "dnf", DNF_COLUMNS, true, query_words },
        { "dnf5", DNF_COLUMNS, true, query_words },
        { "microdnf", MICRODNF_COLUMNS, false, microdnf_words },
        { "yum", DNF_COLUMNS, true, query_words },
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

/* To "Is this ok", once: a key that comes up after it is not ours to accept. */
#define YES "y\n"

/* KEYS: how many it asked about and was told to take. */
struct asking {
        struct dialog *dialog;
        unsigned keys;
};

static struct asking waiting;

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
        return r < 0 ? fail(why, r, "%s: %s", program->name, error_text(-r)) : 0;
}

static int failed(const struct sys *sys, const struct package_request *request,
                  const struct run_result *result, struct package_result *out, char **why)
{
        const struct dnf_asked asked = { sys, request, program_of(sys)->name };
        return program_of(sys)->is_dnf5 ? dnf5_meaning(&asked, result, out, why)
                                        : dnf_meaning(result, out, why);
}

/* Waits until it asks about the transaction: 1; 0: it ended without. A key that rpm's own keyring
 * has, somebody accepted; any other is nobody's to answer here: -ENOKEY. */
static int until_asked(const struct sys *sys, struct asking *a, struct package_result *out,
                       char **why)
{
        for (;;) {
                int r = dialog_until_either(a->dialog, DNF_QUESTION, a->keys + 1,
                                            sys_time_left(sys) + 1);
                _cleanup_free_ char *said = dnf_said(a->dialog);
                if (r != 0 && dnf_asks_else(said, r == -ETIMEDOUT, why))
                        return -EPROTO;
                if (r == -ETIMEDOUT)
                        return fail(why, rpm_cause(out, "repository-unreachable", -ENETDOWN),
                                    NO_ANSWER);
                const char *key = r == 1 ? dnf_key_asked(said, a->keys) : NULL;
                if (!key)
                        return r;
                if (!dnf_key_accepted(key))
                        return dnf_names_key(key, out, why);
                a->keys++;
                dialog_answer(a->dialog, YES);
        }
}

/* A program that only looks, to its end: what it printed, in *RESULT. */
static int query(const struct sys *sys, const struct package_request *request, char **args,
                 struct run_result *result, struct package_result *out, char **why)
{
        struct asking a = { 0 };
        int r = start(sys, request, args, &a.dialog, why);
        if (r < 0)
                return r;
        r = until_asked(sys, &a, out, why);
        if (r < 0) {
                dialog_drop(a.dialog);
                return r;
        }
        dialog_finish(a.dialog, result);
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
                dnf_take_candidates(request, result.out, out);
        return r;
}

static bool waits(void)
{
        return waiting.dialog != NULL;
}

static struct dialog *take(void)
{
        struct dialog *d = waiting.dialog;
        waiting = (struct asking){ 0 };
        return d;
}

static void drop(void)
{
        dialog_drop(take());
}

static int begin(const struct sys *sys, const struct package_request *request, char **why)
{
        _cleanup_strv_ char **args = NULL;
        _cleanup_free_ char *spec = spec_of(request);
        if (waits())
                return 0;
        if (request->refresh)
                strv_add(&args, "--refresh");
        strv_add(&args, "install");
        /* who is nobody is refused without it; the question is not answered, nothing downloaded */
        if (!request->stays && program_of(sys)->is_dnf5)
                strv_add(&args, "--downloadonly");
        strv_add(&args, spec);
        return start(sys, request, args, &waiting.dialog, why);
}

static int simulate(const struct sys *sys, const struct package_request *request,
                    struct package_result *out, char **why)
{
        int r = until_asked(sys, &waiting, out, why);
        if (r < 0) {
                drop();
                return r;
        }
        _cleanup_free_ char *said = dialog_said(waiting.dialog);
        _cleanup_free_ char *removed = dnf_parse_table(said, program_of(sys)->columns, out);
        if (removed) {
                drop();
                return fail(why, -ENOTUNIQ, "%s would have to be removed for it", removed);
        }
        if (r == 1 && !request->stays)
                drop();
        if (r == 1 && out->n_changes > 0)
                return 0;
        _cleanup_run_result_ struct run_result result = { 0 };
        if (waits())
                dialog_finish(take(), &result);
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
        int r = waits() ? 0 : start(sys, request, args, &waiting.dialog, said);
        if (r == 0)
                r = until_asked(sys, &waiting, out, said);
        if (r < 0) {
                drop();
                return r;
        }
        if (r == 1)
                dialog_answer(waiting.dialog, YES);
        dialog_finish(take(), &result);
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
                                      request->name, "--qf",      ("%{name} " EVR_ARCH),
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
