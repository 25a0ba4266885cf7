/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every breakage uses: programs of the system, and lines of its files. */
#include "tests/faultlab/faultlab.h"

#include <errno.h>
#include <fcntl.h>
#include "lib/io.h"
#include "lib/run.h"

#define FILE_MAX_BYTES (1 << 20)

int lab_run_inside(const struct sys *sys, char **why, char **out, const char *const *argv)
{
        static const char *const env[] = { "DEBIAN_FRONTEND=noninteractive", NULL };
        struct run run = { RUN_DEFAULT, .argv = argv, .env = env, .timeout_ms = 120000 };
        run.root_fd = sys->root_fd;
        struct run_result result;
        int r = run_checked(&run, &result, why);
        if (r < 0)
                return r;
        if (out)
                *out = TAKE_PTR(result.out);
        run_result_free(&result);
        return 0;
}

/* The start of the line that sets KEY, or NULL. */
static char *find_key(char *text, const char *key)
{
        size_t n = strlen(key);
        for (char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
                if (strncmp(line, key, n) == 0 && strchr("= \t", line[n]) && line[n])
                        return line;
        return NULL;
}

int lab_set_key(const struct sys *sys, const char *path, const char *key, const char *separator,
                const char *value, char **why)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read(sys, path, FILE_MAX_BYTES, &text, NULL);
        if (r < 0)
                return fail(why, r, "%s: %s", path, strerror(-r));
        char *line = find_key(text, key), *rest = line ? strchr(line, '\n') : NULL;
        if (line)
                *line = 0;
        _cleanup_free_ char *changed =
                xasprintf("%s%s%s%s\n%s", text, key, separator, value, rest ? rest + 1 : "");
        _cleanup_close_ int fd = sys_openat(sys, path, O_WRONLY | O_TRUNC, 0);
        r = fd < 0 ? fd : io_write_all(fd, changed, strlen(changed));
        return r < 0 ? fail(why, r, "%s: %s", path, strerror(-r)) : 0;
}

int lab_has_line(const struct sys *sys, const char *path, const char *line, char **why)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read(sys, path, FILE_MAX_BYTES, &text, NULL);
        if (r < 0)
                return fail(why, r, "%s: %s", path, strerror(-r));
        char *state = NULL;
        for (char *l = strtok_r(text, "\n", &state); l; l = strtok_r(NULL, "\n", &state))
                if (streq(l, line))
                        return 1;
        return 0;
}

int lab_write(const struct sys *sys, const char *path, const char *text, char **why)
{
        _cleanup_free_ char *dir = xstrdup(path);
        *strrchr(dir, '/') = 0;
        int r = sys_mkdirs(sys, dir, 0755);
        _cleanup_close_ int fd =
                r < 0 ? r : sys_openat(sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        r = fd < 0 ? fd : io_write_all(fd, text, strlen(text));
        return r < 0 ? fail(why, r, "%s: %s", path, strerror(-r)) : 0;
}
