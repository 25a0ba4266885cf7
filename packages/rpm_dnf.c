/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnf 5 and microdnf: run once, asked and answered. (dnf 4: rpm_dnf_api.c.) */
#include "packages/rpm_dnf.h"
#include "packages/rpm_resolver.h"

#include <errno.h>
#include <sys/stat.h>

#include "lib/dialog.h"
#include "lib/door.h"
#include "lib/util.h"
#include "packages/extra_source.h"

#define QUERY "-q", "repoquery", "--showduplicates", "--qf", "%{version}-%{release}.%{arch}\n", NULL
#define DNF_CONF_MAX ((size_t)64 * 1024)

static const struct program {
        const char *name;
        enum dnf_columns columns;
        bool asks_no; /* knows --assumeno */
        const char *const *query;
} programs[] = {
        { "dnf", DNF_COLUMNS, true, (const char *const[]){ QUERY } },
        { "microdnf", MICRODNF_COLUMNS, false, (const char *const[]){ "repoquery", NULL } },
        { "yum", DNF_COLUMNS, true, (const char *const[]){ QUERY } },
};

/* Whatever the root's configuration says: no answer that nobody gave, no package that is not needed,
 * none of the kernels and headers there removed for this one. */
static const char *const forced[] = { "--setopt=assumeyes=0", "--setopt=assumeno=0",
                                      "--setopt=defaultyes=0", "--setopt=install_weak_deps=0",
                                      "--setopt=installonly_limit=1000" };

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

/* The directories dnf looks for repositories in, as its configuration has them. */
static char *repository_dirs(const struct sys *sys)
{
        _cleanup_free_ char *text = NULL;
        size_t len;
        struct keyfile kf = { 0 };
        const char *dirs = NULL;
        if (sys_read(sys, "/etc/dnf/dnf.conf", DNF_CONF_MAX, &text, &len) == 0 &&
            keyfile_parse("dnf.conf", text, len, &kf, NULL) == 0)
                dirs = keyfile_get(&kf, "main", "reposdir");
        char *out = xstrdup(dirs ? dirs : "/etc/yum.repos.d,/etc/yum/repos.d,/etc/distro.repos.d");
        keyfile_free(&kf);
        return out;
}

int dnf_extra_repos(const struct sys *sys, char **why)
{
        if (mkdir(EXTRA_INSIDE "/repos", 0755) < 0 && errno != EEXIST)
                return fail(why, -errno, EXTRA_INSIDE "/repos: %m");
        return extra_write(sys, PACKAGES_RPM, EXTRA_INSIDE "/repos", why);
}

/* The repositories of ExtraSource= beside its own, with metadata and downloads apart. */
static int add_extra(const struct sys *sys, char ***argv, char **why)
{
        _cleanup_free_ char *dirs = repository_dirs(sys);
        _cleanup_free_ char *option =
                xasprintf("--setopt=reposdir=%s,%s/repos", dirs, EXTRA_INSIDE);
        strv_add(argv, option);
        strv_add(argv, "--setopt=cachedir=" EXTRA_INSIDE "/cache");
        return dnf_extra_repos(sys, why);
}

static int start(const struct sys *sys, const struct package_request *request, char **args,
                 struct dialog **out, char **why)
{
        const struct program *program = program_of(sys);
        _cleanup_strv_ char **argv = NULL;
        strv_add(&argv, program->name);
        for (size_t i = 0; i < ARRAY_SIZE(forced); i++)
                strv_add(&argv, forced[i]);
        int r = request->extra ? add_extra(sys, &argv, why) : 0;
        if (r < 0)
                return r;
        for (char **a = args; *a; a++)
                strv_add(&argv, *a);
        const char *const env[] = { "HOME=/root", "COLUMNS=400", NULL };
        const struct run asked = {
                RUN_DEFAULT,
                .argv = (const char *const *)argv,
                .env = env,
        };
        r = dialog_start(&asked, out);
        return r < 0 ? fail(why, r, "%s: %s", program->name, strerror(-r)) : 0;
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

static int candidates(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why)
{
        _cleanup_strv_ char **args = NULL;
        if (request->refresh)
                strv_add(&args, "--refresh");
        for (const char *const *q = program_of(sys)->query; *q; q++)
                strv_add(&args, *q);
        strv_add(&args, request->name);
        struct dialog *d = NULL;
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = start(sys, request, args, &d, why);
        if (r < 0)
                return r;
        if (dialog_until(d, QUESTION, sys_time_left(sys) + 1) != 0) {
                dialog_drop(d);
                return fail(why, rpm_cause(out, "repository-unreachable", -ENETDOWN), NO_ANSWER);
        }
        dialog_finish(d, &result);
        if (result.status != 0)
                return dnf_meaning(&result, out, why);
        take_candidates(request, result.out, out);
        return 0;
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
        if (!request->stays && program_of(sys)->asks_no)
                strv_add(&args, "--assumeno");
        if (request->refresh)
                strv_add(&args, "--refresh");
        strv_add(&args, "install");
        strv_add(&args, spec);
        return start(sys, request, args, &waiting, why);
}

/* The same words as for the transaction, but for a repository's key: that is nobody's to answer. */
static int asks_about_key(struct dialog *d, struct package_result *out, char **why)
{
        (void)dialog_until(d, QUESTION, INT32_MAX);
        _cleanup_free_ char *said = dialog_said(d);
        const char *key = strstr(said, "Importing ");
        if (!key)
                return 0;
        return fail(why, rpm_cause(out, "key-not-accepted", -ENOKEY),
                    "dnf asks about a repository's key that was not accepted yet: %.*s",
                    (int)strcspn(key, "\n"), key);
}

static int simulate(const struct sys *sys, const struct package_request *request,
                    struct package_result *out, char **why)
{
        int r = dialog_until(waiting, QUESTION, sys_time_left(sys) + 1);
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
        if (r == 1 && out->n_changes == 0 && asks_about_key(waiting, out, why) < 0) {
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
        r = dnf_meaning(&result, out, why);
        if (r == -ENOENT) {
                _cleanup_free_ char *ignored = NULL;
                (void)candidates(sys, request, out, &ignored);
        }
        return r;
}

/* "Error in POSTIN scriptlet in rpm package X": dnf ends with status 0 and "Complete!" all the
 * same.
 */
static bool scriptlet_failed(const char *text)
{
        const char *at = strstr(text, "Error in ");
        return strstr(text, "scriptlet failed") || (at && strstr(at, "scriptlet"));
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
                r = asks_about_key(waiting, out, said);
        if (r < 0) {
                drop();
                return r;
        }
        dialog_answer(waiting, YES);
        dialog_finish(TAKE_PTR(waiting), &result);
        if (result.status == 0 && !scriptlet_failed(result.out) && !scriptlet_failed(result.err))
                return 0;
        if (result.status == 0)
                return fail(said, -EIO, "a scriptlet of the package failed");
        return dnf_meaning(&result, out, said);
}

const struct rpm_resolver rpm_resolver_dnf = {
        .there = there,
        .begin = begin,
        .simulate = simulate,
        .waits = waits,
        .drop = drop,
        .change = change,
        .candidates = candidates,
};
