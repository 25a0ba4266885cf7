/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnf (or yum, which is dnf by another name): run, and its answers read. */
#include "packages/rpm-dnf.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>

#include "lib/run.h"
#include "lib/util.h"

#define OUTPUT_MAX ((size_t)1024 * 1024)

/* "name arch version repository size unit", in dnf 4 and 5. */
#define COLUMNS 6

static const char *resolver(const struct sys *sys)
{
        static const char *const names[] = { "dnf", "yum" };
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                _cleanup_free_ char *path = xasprintf("/usr/bin/%s", names[i]);
                if (sys_exists(sys, path))
                        return names[i];
        }
        return NULL;
}

/* --- reading --- */

enum section { SECTION_NONE, SECTION_NEW, SECTION_OTHER };

static enum section section_of(const char *line)
{
        if (startswith(line, "Installing"))
                return SECTION_NEW;
        return isalpha((unsigned char)*line) && strchr(line, ':') ? SECTION_OTHER : SECTION_NONE;
}

/* A name too long for its column pushes the rest to the next line: words count, not lines. */
void dnf_parse_table(const char *text, struct package_result *out)
{
        _cleanup_free_ char *copy = xstrdup(text);
        char *words[COLUMNS], *save = NULL, *word_save = NULL;
        size_t n = 0;
        bool listing = false;
        for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
                if (*line != ' ') {
                        listing = section_of(line) == SECTION_NEW;
                        n = 0;
                        continue;
                }
                for (char *w = listing ? strtok_r(line, " ", &word_save) : NULL; w;
                     w = strtok_r(NULL, " ", &word_save)) {
                        words[n++] = w;
                        if (n < COLUMNS)
                                continue;
                        const char *epoch = strchr(words[2], ':');
                        const char *evr = epoch ? epoch + 1 : words[2];
                        _cleanup_free_ char *nevr = xasprintf("%s-%s", words[0], evr);
                        package_result_add(out, nevr, evr, NULL);
                        n = 0;
                }
        }
}

static const struct {
        const char *words;
        int error;
        const char *cause;
} meanings[] = {
        { "Unable to find a match", -ENOENT, "package-gone" },
        { "No match for argument", -ENOENT, "package-gone" },
        { "There are no enabled repositories", -ENOENT, "package-gone" },
        { "not available, but could not be", -ENOENT, "package-gone" },
        { "Failed to download metadata", -ENETDOWN, "repository-unreachable" },
        { "Failed to synchronize cache", -ENETDOWN, "repository-unreachable" },
        { "Error downloading packages", -ENETDOWN, "repository-unreachable" },
        { "Errors during downloading", -ENETDOWN, "repository-unreachable" },
        { "GPG check FAILED", -EBADMSG, NULL },
        { "is not signed", -EBADMSG, NULL },
        { "Public key for", -EBADMSG, NULL },
        { "Can not load RPM file", -EBADMSG, NULL },
        { "Could not open", -EBADMSG, NULL },
};

static char *one_line(char *text)
{
        for (char *p = text; *p; p++)
                if (*p == '\n')
                        *p = ' ';
        return text;
}

static char *first_error(const struct run_result *result)
{
        const char *streams[] = { result->err, result->out };
        for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
                const char *at = streams[i] ? strstr(streams[i], "Error") : NULL;
                if (!at)
                        continue;
                char *line = xstrndup(at, strnlen(at, 400));
                return one_line(line);
        }
        return one_line(xasprintf("it ended with status %d: %.200s", result->status, result->err));
}

static int meaning(const struct run_result *result, struct package_result *out, char **why)
{
        _cleanup_free_ char *said = first_error(result);
        for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
                const char *words = meanings[i].words;
                if (!strstr(result->err, words) && !strstr(result->out, words))
                        continue;
                if (meanings[i].cause && !out->cause)
                        out->cause = xstrdup(meanings[i].cause);
                return fail(why, meanings[i].error, "dnf: %s", said);
        }
        return fail(why, -EIO, "dnf: %s", said);
}

/* --- running --- */

static char *spec_of(const struct package_request *request)
{
        bool any = !request->version || !*request->version;
        return any ? xstrdup(request->name) : xasprintf("%s-%s", request->name, request->version);
}

static int run(const struct sys *sys, char **args, int64_t timeout_ms, struct run_result *out,
               char **why)
{
        const char *program = resolver(sys);
        if (!program)
                return fail(why, -EOPNOTSUPP,
                            "neither dnf nor yum is in this root; microdnf and zypper are not "
                            "supported");
        char **argv = NULL;
        strv_add(&argv, program);
        for (char **a = args; *a; a++)
                strv_add(&argv, *a);
        const char *const env[] = { "HOME=/root", "COLUMNS=400", NULL };
        const struct run r = {
                RUN_DEFAULT,
                .argv = (const char *const *)argv,
                .env = env,
                .timeout_ms = timeout_ms,
                .output_max = OUTPUT_MAX,
        };
        int ret = run_program(&r, out);
        strv_free(argv);
        return ret < 0 ? fail(why, ret, "%s: %s", program, strerror(-ret)) : 0;
}

/* The files of an --offline directory instead of the repositories. */
static void add_what(const struct sys *sys, const struct package_request *request, char ***args)
{
        _cleanup_free_ char *spec = spec_of(request);
        if (!sys->offline_dir) {
                strv_add(args, spec);
                return;
        }
        strv_add(args, "--disablerepo=*");
        _cleanup_closedir_ DIR *dir = opendir(sys->offline_dir);
        for (struct dirent *e; dir && (e = readdir(dir));) {
                size_t n = strlen(e->d_name);
                _cleanup_free_ char *path = xasprintf("%s/%s", sys->offline_dir, e->d_name);
                if (n > 4 && streq(e->d_name + n - 4, ".rpm"))
                        strv_add(args, path);
        }
}

static void list_candidates(const struct sys *sys, const struct package_request *request,
                            struct package_result *out)
{
        char *args[] = { "-q",
                         "repoquery",
                         "--showduplicates",
                         "--qf",
                         "%{version}-%{release}.%{arch}\n",
                         (char *)request->name,
                         NULL };
        _cleanup_run_result_ struct run_result result = { 0 };
        if (sys->offline_dir || run(sys, args, sys_time_left(sys) + 1, &result, NULL) < 0 ||
            result.status != 0)
                return;
        char *save = NULL;
        for (char *l = strtok_r(result.out, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
                if (*l && *l != ' ' && !strchr(l, ':'))
                        strv_add(&out->candidates, l);
}

int dnf_simulate(const struct sys *sys, const struct package_request *request,
                 struct package_result *out, char **why)
{
        _cleanup_strv_ char **args = NULL;
        _cleanup_run_result_ struct run_result result = { 0 };
        strv_add(&args, "--assumeno");
        if (request->refresh)
                strv_add(&args, "--refresh");
        strv_add(&args, "install");
        add_what(sys, request, &args);
        int r = run(sys, args, sys_time_left(sys) + 1, &result, why);
        if (r < 0)
                return r;
        if (result.timed_out) {
                out->cause = xstrdup("repository-unreachable");
                return fail(why, -ENETDOWN,
                            "no answer from the repositories within the time "
                            "allowed");
        }
        dnf_parse_table(result.out, out);
        if (out->n_changes > 0)
                return 0;
        r = meaning(&result, out, why);
        if (r == -ENOENT)
                list_candidates(sys, request, out);
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

int dnf_change(const char *verb, const struct sys *sys, const struct package_request *request,
               struct package_result *out, char **said)
{
        _cleanup_strv_ char **args = NULL;
        _cleanup_run_result_ struct run_result result = { 0 };
        strv_add(&args, "-y");
        strv_add(&args, verb);
        add_what(sys, request, &args);
        progress_tell(request->progress, verb, -1);
        int r = run(sys, args, 0, &result, said);
        if (r < 0)
                return r;
        if (result.status == 0 && !scriptlet_failed(result.out) && !scriptlet_failed(result.err))
                return 0;
        if (result.status == 0)
                return fail(said, -EIO, "a scriptlet of the package failed");
        return meaning(&result, out, said);
}
