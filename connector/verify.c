/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dpkg --verify and rpm -V. */
#include "connector/verify.h"

#include <errno.h>

#include "lib/run.h"
#include "lib/util.h"

#define TIME_LIMIT_MS 120000
#define FLAGS_LENGTH 9 /* "SM5DLUGTP", dots and question marks for what did not differ */
#define FLAG_DIGEST 2

/* "??5??????  c /path" or "missing     /path" */
static const char *line_differs(const char *line)
{
        const char *path = strchr(line, '/');
        bool missing = startswith(line, "missing");

        if (!path || (!missing && strcspn(line, " ") < FLAGS_LENGTH))
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
                return r == -ENOENT ? r : fail(why, r, "%s: %s", argv[0], strerror(-r));
        if (out->timed_out || out->signal)
                return fail(why, -EIO, "%s did not end well", argv[0]);
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
