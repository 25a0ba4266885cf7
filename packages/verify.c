/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dpkg --verify and rpm -V. */
#include "packages/verify.h"

#include <errno.h>

#include "lib/run.h"
#include "lib/util.h"

#define TIME_LIMIT_MS 120000
#define FLAGS_LENGTH 9 /* "SM5DLUGTP", dots and question marks for what did not differ */
#define FLAG_DIGEST 2

bool path_is_paper(const char *path)
{
        static const char *const paper[] = { "/usr/share/doc/",     "/usr/share/doc-base/",
                                             "/usr/share/man/",     "/usr/share/info/",
                                             "/usr/share/locale/",  "/usr/share/help/",
                                             "/usr/share/lintian/", "/usr/share/licenses/" };

        for (size_t i = 0; i < ARRAY_SIZE(paper); i++)
                if (startswith(path, paper[i]))
                        return true;
        return false;
}

/* "??5??????  c /path" or "missing     /path" */
static const char *line_differs(const char *line)
{
        const char *path = strchr(line, '/');
        bool missing = startswith(line, "missing");

        if (!path || path_is_paper(path) || (!missing && strcspn(line, " ") < FLAGS_LENGTH))
                return NULL;
        if (!missing && line[FLAG_DIGEST] != '5')
                return NULL;
        return path - line >= 2 && path[-2] == 'c' && path[-3] == ' ' ? NULL : path;
}

char *verify_parse(const char *text)
{
        while (*text) {
                _cleanup_free_ char *line = xstrndup(text, strcspn(text, "\n"));
                const char *path = line_differs(line);

                if (path)
                        return xstrdup(path);
                text += strcspn(text, "\n");
                text += *text == '\n';
        }
        return NULL;
}

static int ask(const char *const *argv, struct run_result *out, char **why)
{
        struct run run = { RUN_DEFAULT, .argv = argv, .timeout_ms = TIME_LIMIT_MS };
        int r = run_program(&run, out);

        if (r < 0)
                return r == -ENOENT ? r : fail(why, r, "%s: %s", argv[0], error_text(-r));
        if (out->timed_out || out->signal)
                return fail(why, -EIO, "%s failed", argv[0]);
        return 0;
}

static int is_known(const char *const *argv)
{
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = ask(argv, &result, NULL);

        return r < 0 ? r : result.status == 0;
}

int verify_package(const struct sys *sys, const char *package, char **why)
{
        const struct {
                const char *known[5], *verify[5];
        } systems[] = {
                { { "dpkg-query", "-W", package, NULL }, { "dpkg", "--verify", package, NULL } },
                { { "rpm", "-q", package, NULL }, { "rpm", "-V", "--nodeps", package, NULL } },
        };

        if (!sys->live)
                return fail(why, -EOPNOTSUPP, "packages are verified on the running system only");
        for (size_t i = 0; i < ARRAY_SIZE(systems); i++) {
                _cleanup_run_result_ struct run_result result = { 0 };
                _cleanup_free_ char *file = NULL;
                int r;

                if (is_known(systems[i].known) != 1)
                        continue;
                r = ask(systems[i].verify, &result, why);
                if (r < 0)
                        return r;
                file = verify_parse(result.out);
                return file ? fail(why, -EPERM, "%s is not what package %s shipped", file, package)
                            : 0;
        }
        return -ENOENT;
}

/* "package: /path" of dpkg (its first package), "package" of rpm. */
static char *owner_parse(const char *text, bool is_dpkg)
{
        size_t n = strcspn(text, is_dpkg ? ":,\n" : "\n");

        return n > 0 && !memchr(text, ' ', n) ? xstrndup(text, n) : NULL;
}

/* Where /bin is a link to /usr/bin, dpkg may know the file by either name. */
static const char *other_name(const char *file)
{
        return startswith(file, "/usr/") ? file + strlen("/usr") : NULL;
}

int verify_owner(const struct sys *sys, const char *file, char **package, char **why)
{
        const char *const names[] = { file, other_name(file) };

        if (!sys->live)
                return fail(why, -EOPNOTSUPP, "packages are asked on the running system only");
        for (size_t i = 0; i < ARRAY_SIZE(names) * 2; i++) {
                bool is_dpkg = i < ARRAY_SIZE(names);
                const char *name = names[i % ARRAY_SIZE(names)];
                const char *const dpkg[] = { "dpkg-query", "-S", name, NULL };
                const char *const rpm[] = { "rpm", "-qf", "--qf", "%{NAME}\\n", name, NULL };
                _cleanup_run_result_ struct run_result result = { 0 };
                char *owner;

                if (!name || ask(is_dpkg ? dpkg : rpm, &result, NULL) < 0 || result.status != 0)
                        continue;
                owner = owner_parse(result.out, is_dpkg);
                if (owner) {
                        *package = owner;
                        return 0;
                }
        }
        return -ENOENT;
}

static bool same_file(const char *a, const char *b)
{
        const char *short_a = other_name(a), *short_b = other_name(b);

        return streq(short_a ? short_a : a, short_b ? short_b : b);
}

/* Is FILE among those that TEXT says differ? */
static bool is_listed(const char *text, const char *file)
{
        while (*text) {
                _cleanup_free_ char *line = xstrndup(text, strcspn(text, "\n"));
                const char *path = line_differs(line);

                if (path && same_file(path, file))
                        return true;
                text += strcspn(text, "\n");
                text += *text == '\n';
        }
        return false;
}

int verify_file(const struct sys *sys, const char *file, char **package, char **why)
{
        _cleanup_free_ char *owner = NULL;
        int r = verify_owner(sys, file, &owner, why);

        if (r == -ENOENT) {
                *package = NULL;
                return 0;
        }
        if (r < 0)
                return r;
        for (int i = 0; i < 2; i++) {
                const char *const dpkg[] = { "dpkg", "--verify", owner, NULL };
                const char *const rpm[] = { "rpm", "-V", "--nodeps", owner, NULL };
                const char *const known[2][4] = { { "dpkg-query", "-W", owner, NULL },
                                                  { "rpm", "-q", owner, NULL } };
                _cleanup_run_result_ struct run_result result = { 0 };

                if (is_known(known[i]) != 1)
                        continue;
                r = ask(i == 0 ? dpkg : rpm, &result, why);
                if (r < 0)
                        return r;
                *package = TAKE_PTR(owner);
                return !is_listed(result.out, file);
        }
        return fail(why, -ENOENT, "package %s cannot be verified", owner);
}
