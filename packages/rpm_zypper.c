/* SPDX-License-Identifier: GPL-2.0-or-later */
/* zypper, which answers in XML. */
#include <dirent.h>
#include <errno.h>
#include <expat.h>
#include <sys/stat.h>

#include "lib/dialog.h"
#include "lib/door.h"
#include "lib/i18n.h"
#include "packages/extra_source.h"
#include "packages/rpm_db.h"
#include "packages/rpm_zypper.h"

#define REPOS "/etc/zypp/repos.d"
#define EXTRA_REPOS EXTRA_INSIDE "/repos"
#define NEVER "\x01"

/* zypper(8), exit codes */
enum { BAD_REPOS = 4, NO_REPOS = 6, LOCKED = 7, NOT_FOUND = 104, SKIPPED_REPOS = 106 };

static bool there(const struct sys *sys)
{
        return sys_exists(sys, "/usr/bin/zypper");
}

/* --- reading --- */

struct reading {
        const struct package_request *request;
        struct package_result *out;
        bool searched; /* else: what would be done */
        char *edition; /* searched: the one that fits */
        char *error;   /* the first complaint */
        char *problem; /* what the resolver asks about */
        bool in_error, error_read, in_problem;
};

static const char *attribute(const XML_Char **attrs, const char *name)
{
        for (; *attrs; attrs += 2)
                if (streq(attrs[0], name))
                        return attrs[1];
        return "";
}

static void take_found(struct reading *r, const char *name, const char *edition, const char *arch)
{
        if (!streq(name, r->request->name))
                return;
        if (!r->edition && rpm_version_fits(r->request->version, edition))
                r->edition = xstrdup(edition);
        _cleanup_free_ char *candidate = xasprintf("%s.%s", edition, arch);
        strv_add(&r->out->candidates, candidate);
}

static void XMLCALL on_start(void *data, const XML_Char *tag, const XML_Char **attrs)
{
        struct reading *r = data;
        r->in_problem = streq(tag, "description");
        r->in_error = streq(tag, "message") && streq(attribute(attrs, "type"), "error");
        if (!streq(tag, "solvable"))
                return;
        const char *name = attribute(attrs, "name"), *edition = attribute(attrs, "edition"),
                   *old = attribute(attrs, "edition-old"), *arch = attribute(attrs, "arch");
        if (r->searched) {
                take_found(r, name, edition, arch);
                return;
        }
        _cleanup_free_ char *nevr = xasprintf("%s-%s", name, edition);
        package_result_add(r->out, *old ? name : nevr, edition, *old ? old : NULL);
}

/* A text comes in pieces. */
static void XMLCALL on_text(void *data, const XML_Char *text, int len)
{
        struct reading *r = data;
        char **at = r->in_problem ? &r->problem : &r->error;
        if (!r->in_problem && (!r->in_error || r->error_read))
                return;
        _cleanup_free_ char *before = *at;
        *at = xasprintf("%s%.*s", before ? before : "", len, text);
}

static void XMLCALL on_end(void *data, const XML_Char *tag)
{
        struct reading *r = data;
        (void)tag;
        for (char *p = r->in_error ? r->error : NULL; p && *p; p++)
                if (*p == '\n')
                        *p = ' ';
        r->error_read |= r->in_error && r->error;
        r->in_error = r->in_problem = false;
}

static void read_xml(struct reading *r, const char *text)
{
        XML_Parser parser = XML_ParserCreate(NULL);
        XML_SetUserData(parser, r);
        XML_SetElementHandler(parser, on_start, on_end);
        XML_SetCharacterDataHandler(parser, on_text);
        (void)XML_Parse(parser, text, (int)strlen(text), 1);
        XML_ParserFree(parser);
}

/* --- running --- */

/* Its own repositories and those of ExtraSource= in one directory. */
static int extra_repos(const struct sys *sys, char **why)
{
        if (mkdir(EXTRA_REPOS, 0755) < 0 && errno != EEXIST)
                return fail(why, -errno, EXTRA_REPOS ": %m");
        _cleanup_closedir_ DIR *dir = opendir(REPOS);
        for (struct dirent *e; dir && (e = readdir(dir));) {
                _cleanup_free_ char *from = xasprintf(REPOS "/%s", e->d_name),
                                    *to = xasprintf(EXTRA_REPOS "/%s", e->d_name);
                if (e->d_name[0] != '.' && symlink(from, to) < 0 && errno != EEXIST)
                        return fail(why, -errno, "%s: %m", to);
        }
        return extra_write(sys, PACKAGES_RPM, EXTRA_REPOS, why);
}

/* A whole run; LEFT 0: without limit. -ETIMEDOUT. */
static int run(const struct sys *sys, const struct package_request *request, char *const *args,
               int64_t left, struct run_result *out, char **why)
{
        _cleanup_strv_ char **argv = NULL;
        struct dialog *d = NULL;
        int r = request->extra ? extra_repos(sys, why) : 0;
        if (r < 0)
                return r;
        strv_add(&argv, "zypper");
        strv_add(&argv, "--non-interactive");
        strv_add(&argv, "--xmlout");
        if (request->extra) {
                strv_add(&argv, "--reposd-dir=" EXTRA_REPOS);
                strv_add(&argv, "--cache-dir=" EXTRA_INSIDE "/cache");
        }
        for (; *args; args++)
                strv_add(&argv, *args);
        const char *const env[] = { "HOME=/root", NULL };
        const struct run asked = { RUN_DEFAULT, .argv = (const char *const *)argv, .env = env };
        r = dialog_start(&asked, &d);
        if (r < 0)
                return fail(why, r, "zypper: %s", error_text(-r));
        if (left > 0 && dialog_until(d, NEVER, left) == -ETIMEDOUT) {
                dialog_drop(d);
                return -ETIMEDOUT;
        }
        dialog_finish(d, out);
        return 0;
}

static int meaning(int status, const struct reading *reading, struct package_result *out,
                   char **why)
{
        static const struct {
                int status, error;
                const char *cause, *words;
        } meanings[] = {
                { NOT_FOUND, -ENOENT, "package-gone", N_("no configured repository has it") },
                { NO_REPOS, -ENOENT, "package-gone", N_("no repository is configured") },
                { SKIPPED_REPOS, -ENETDOWN, "repository-unreachable",
                  N_("repositories were skipped") },
                { LOCKED, -EAGAIN, "packages-locked",
                  N_("another zypper or PackageKit is at work") },
                { BAD_REPOS, -EIO, NULL, N_("it cannot be done") },
        };
        const char *said = reading->error;
        for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
                if (meanings[i].status == status)
                        return fail(why, rpm_cause(out, meanings[i].cause, meanings[i].error),
                                    "zypper: %s", said ? said : _(meanings[i].words));
        bool space = said && strstr(said, "space");
        return fail(why, space ? -ENOSPC : -EIO, "zypper: %s (status %d)",
                    said ? said : _("it did not say why"), status);
}

/* NAME=EDITION of the one that fits, malloc'ed: a prefix cannot be asked of zypper's resolver. */
static int search(const struct sys *sys, const struct package_request *request,
                  struct package_result *out, char **spec, char **why)
{
        char *args[] = { "search", "-s", "-x", "-t", "package", (char *)request->name, NULL };
        struct reading reading = { .request = request, .out = out, .searched = true };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = run(sys, request, args, sys_time_left(sys) + 1, &result, why);
        if (r == -ETIMEDOUT)
                return fail(why, rpm_cause(out, "repository-unreachable", -ENETDOWN), NO_ANSWER);
        if (r < 0)
                return r;
        read_xml(&reading, result.out);
        int status = result.status == 0 && !reading.edition ? NOT_FOUND : result.status;
        if (status == NOT_FOUND && reading.error)
                status = SKIPPED_REPOS;
        if (reading.edition)
                *spec = xasprintf("%s=%s", request->name, reading.edition);
        else
                r = meaning(status, &reading, out, why);
        free(reading.edition);
        free(reading.error);
        return r;
}

static int begin(const struct sys *sys, const struct package_request *request, char **why)
{
        char *args[] = { "refresh", NULL };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = request->refresh ? run(sys, request, args, sys_time_left(sys) + 1, &result, why)
                                 : 0;
        return r == -ETIMEDOUT ? 0 : r; /* the search says so */
}

static int simulate(const struct sys *sys, const struct package_request *request,
                    struct package_result *out, char **why)
{
        _cleanup_free_ char *spec = NULL;
        int r = search(sys, request, out, &spec, why);
        if (r < 0)
                return r;
        char *args[] = { "install", "--dry-run", "--no-recommends", spec, NULL };
        struct reading reading = { .request = request, .out = out };
        _cleanup_run_result_ struct run_result result = { 0 };
        r = run(sys, request, args, sys_time_left(sys) + 1, &result, why);
        if (r == -ETIMEDOUT)
                return fail(why, rpm_cause(out, "repository-unreachable", -ENETDOWN), NO_ANSWER);
        if (r < 0)
                return r;
        read_xml(&reading, result.out);
        if (result.status != 0)
                r = zypper_locked(sys, reading.problem, out, why);
        if (r == 0 && (result.status != 0 || out->n_changes == 0))
                r = meaning(result.status, &reading, out, why);
        free(reading.problem);
        free(reading.error);
        return r;
}

static bool waits(void)
{
        return false;
}

static void drop(void)
{
}

static int change(const char *verb, const struct sys *sys, const struct package_request *request,
                  struct package_result *out, char **said)
{
        _cleanup_free_ char *spec = NULL;
        struct package_result ignored = { 0 };
        struct reading reading = { .request = request, .out = &ignored };
        _cleanup_run_result_ struct run_result result = { 0 };
        progress_tell(request->progress, verb, -1);
        int r = search(sys, request, out, &spec, said);
        if (r < 0)
                return r;
        _cleanup_strv_ char **args = NULL;
        strv_add(&args, "install");
        if (streq(verb, "reinstall"))
                strv_add(&args, "--force");
        strv_add(&args, "--no-recommends");
        strv_add(&args, "--auto-agree-with-licenses");
        strv_add(&args, spec);
        r = run(sys, request, args, 0, &result, said);
        if (r < 0)
                return r;
        read_xml(&reading, result.out);
        if (result.status != 0)
                r = meaning(result.status, &reading, out, said);
        package_result_free(&ignored);
        free(reading.problem);
        free(reading.error);
        return r;
}

static int candidates(const struct sys *sys, const struct package_request *request,
                      struct package_result *out, char **why)
{
        _cleanup_free_ char *spec = NULL;
        int r = begin(sys, request, why);
        return r < 0 ? r : search(sys, request, out, &spec, why);
}

const struct rpm_resolver rpm_resolver_zypper = {
        .there = there,
        .begin = begin,
        .simulate = simulate,
        .waits = waits,
        .drop = drop,
        .change = change,
        .candidates = candidates,
};
