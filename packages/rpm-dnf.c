/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnf (or yum, which is dnf by another name): run, and its answers read. */
#include "packages/rpm-resolver.h"

#include <ctype.h>
#include <errno.h>
#include <sys/stat.h>

#include "lib/dialog.h"
#include "lib/util.h"
#include "packages/extra.h"
#include "packages/inside.h"

#define QUERY                                                                                      \
        "-q", "repoquery", "--showduplicates", "--qf", "%{version}-%{release}.%{arch}\\n", NULL
#define MAX_COLUMNS 6
#define DNF_CONF_MAX ((size_t)64 * 1024)

/* What a line of its table has: "name arch version repository size unit" in dnf 4 and 5,
 * "name-version.arch repository size unit" in microdnf. */
static const struct program {
        const char *name;
        size_t columns;
        bool asks_no; /* knows --assumeno and --setopt=defaultyes= */
        const char *const *query;
} programs[] = {
        { "dnf", 6, true, (const char *const[]){ QUERY } },
        { "microdnf", 4, false, (const char *const[]){ "repoquery", NULL } },
        { "yum", 6, true, (const char *const[]){ QUERY } },
};

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

/* --- reading --- */

enum section { SECTION_NONE, SECTION_NEW, SECTION_OTHER };

static enum section section_of(const char *line)
{
        if (startswith(line, "Installing"))
                return SECTION_NEW;
        return isalpha((unsigned char)*line) && strchr(line, ':') ? SECTION_OTHER : SECTION_NONE;
}

/* "name-1:version-release.arch" without epoch and architecture, into OUT. */
static void add_nevra(char *nevra, struct package_result *out)
{
        char *arch = strrchr(nevra, '.');
        if (arch)
                *arch = '\0';
        char *evr = strrchr(nevra, '-');
        while (evr && evr > nevra && evr[-1] != '-')
                evr--;
        if (!evr || evr == nevra)
                return;
        const char *epoch = strchr(evr, ':'), *plain = epoch ? epoch + 1 : evr;
        _cleanup_free_ char *nevr = xasprintf("%.*s%s", (int)(evr - nevra), nevra, plain);
        package_result_add(out, nevr, plain, NULL);
}

static void add_words(char **words, size_t columns, struct package_result *out)
{
        if (columns < MAX_COLUMNS) {
                add_nevra(words[0], out);
                return;
        }
        const char *epoch = strchr(words[2], ':'), *evr = epoch ? epoch + 1 : words[2];
        _cleanup_free_ char *nevr = xasprintf("%s-%s", words[0], evr);
        package_result_add(out, nevr, evr, NULL);
}

/* The transaction table, in the C locale. A name too long for its column pushes the rest to the
 * next line: words count, not lines. */
static void parse_table(const char *text, size_t columns, struct package_result *out)
{
        _cleanup_free_ char *copy = xstrdup(text);
        char *words[MAX_COLUMNS], *save = NULL, *word_save = NULL;
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
                        if (n < columns)
                                continue;
                        add_words(words, columns, out);
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
        { "transaction lock", -EAGAIN, "packages-locked" },
        { "No space left on device", -ENOSPC, NULL },
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
                return fail(why, rpm_cause(out, meanings[i].cause, meanings[i].error), "dnf: %s",
                            said);
        }
        return fail(why, -EIO, "dnf: %s", said);
}

/* --- running --- */

#define QUESTION "[y/N]: "
/* To "Is this ok", and to each new key of a repository, as -y would. */
#define YES "y\ny\ny\ny\ny\ny\ny\ny\n"

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

/* The repositories of ExtraSource= beside its own, with metadata and downloads apart. */
static int add_extra(const struct sys *sys, char ***argv, char **why)
{
        if (mkdir(EXTRA_INSIDE "/repos", 0755) < 0 && errno != EEXIST)
                return fail(why, -errno, EXTRA_INSIDE "/repos: %m");
        _cleanup_free_ char *dirs = repository_dirs(sys);
        _cleanup_free_ char *option =
                xasprintf("--setopt=reposdir=%s,%s/repos", dirs, EXTRA_INSIDE);
        strv_add(argv, option);
        strv_add(argv, "--setopt=cachedir=" EXTRA_INSIDE "/cache");
        return extra_write(sys, PACKAGES_RPM, EXTRA_INSIDE "/repos", why);
}

static int start(const struct sys *sys, const struct package_request *request, char **args,
                 struct dialog **out, char **why)
{
        const struct program *program = program_of(sys);
        _cleanup_strv_ char **argv = NULL;
        strv_add(&argv, program->name);
        if (program->asks_no)
                strv_add(&argv, "--setopt=defaultyes=False");
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

static void list_candidates(const struct sys *sys, const struct package_request *request,
                            struct package_result *out)
{
        _cleanup_strv_ char **args = NULL;
        for (const char *const *q = program_of(sys)->query; *q; q++)
                strv_add(&args, *q);
        strv_add(&args, request->name);
        struct dialog *d = NULL;
        _cleanup_run_result_ struct run_result result = { 0 };
        if (start(sys, request, args, &d, NULL) < 0)
                return;
        if (dialog_until(d, QUESTION, sys_time_left(sys) + 1) != 0) {
                dialog_drop(d);
                return;
        }
        dialog_finish(d, &result);
        char *save = NULL;
        size_t n = strlen(request->name);
        for (char *l = strtok_r(result.out, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
                if (startswith(l, request->name) && l[n] == '-')
                        l += n + 1;
                if (result.status == 0 && *l && *l != ' ' && !strchr(l, ':'))
                        strv_add(&out->candidates, l);
        }
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

static int simulate(const struct sys *sys, const struct package_request *request,
                    struct package_result *out, char **why)
{
        int r = dialog_until(waiting, QUESTION, sys_time_left(sys) + 1);
        if (r == -ETIMEDOUT) {
                drop();
                return fail(why, rpm_cause(out, "repository-unreachable", -ENETDOWN), NO_ANSWER);
        }
        _cleanup_free_ char *said = dialog_said(waiting);
        parse_table(said, program_of(sys)->columns, out);
        if (r == 1 && !request->stays)
                drop();
        if (r == 1 && out->n_changes > 0)
                return 0;
        _cleanup_run_result_ struct run_result result = { 0 };
        if (waiting)
                dialog_finish(TAKE_PTR(waiting), &result);
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

static int change(const char *verb, const struct sys *sys, const struct package_request *request,
                  struct package_result *out, char **said)
{
        _cleanup_free_ char *spec = spec_of(request);
        char *args[] = { "-y", (char *)verb, spec, NULL };
        _cleanup_run_result_ struct run_result result = { 0 };
        progress_tell(request->progress, verb, -1);
        if (!streq(verb, "install"))
                drop();
        if (waiting)
                dialog_answer(waiting, YES);
        int r = waiting ? 0 : start(sys, request, args, &waiting, said);
        if (r < 0)
                return r;
        dialog_finish(TAKE_PTR(waiting), &result);
        if (result.status == 0 && !scriptlet_failed(result.out) && !scriptlet_failed(result.err))
                return 0;
        if (result.status == 0)
                return fail(said, -EIO, "a scriptlet of the package failed");
        return meaning(&result, out, said);
}

const struct rpm_resolver rpm_resolver_dnf = {
        .there = there,
        .begin = begin,
        .simulate = simulate,
        .waits = waits,
        .drop = drop,
        .change = change,
};
