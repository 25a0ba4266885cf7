/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signature files that the scan process could not load, by its log. */
#include <errno.h>
#include <string.h>

#include "connector/paths.h"
#include "connector/scan_log.h"
#include "host/logs.h"

/* What libclamav loads: CLI_DBEXT of its readdb.h. */
static const char *const types[] = {
        "cvd", "cld",  "cud",  "db",  "mdb",  "hdb", "hsb", "hdu", "hsu",  "mdu",
        "msb", "msu",  "ndb",  "ndu", "ldb",  "ldu", "sdb", "zmd", "rmd",  "pdb",
        "gdb", "wdb",  "cbc",  "ftm", "cfg",  "cdb", "cat", "crb", "idb",  "ioc",
        "yar", "yara", "pwdb", "ign", "ign2", "imp", "fp",  "sfp", "info",
};

/* As libclamav and its callers say it ("Can't load FILE: Malformed database"); a warning that some
 * rules of a file were left out is none of them. */
static const char *const phrases[] = {
        "can't load ",     "cannot load ",    "could not load ", "couldn't load ",
        "failed to load ", "unable to load ", "error loading ",
};

static bool is_signature_file(const char *path)
{
        const char *dot = strrchr(path, '.');
        for (size_t i = 0; dot && i < ARRAY_SIZE(types); i++)
                if (streq(dot + 1, types[i]))
                        return !strchr(dot, '/');
        return false;
}

static bool says_so(const char *text)
{
        for (size_t i = 0; i < ARRAY_SIZE(phrases); i++)
                if (strcasestr(text, phrases[i]))
                        return true;
        return false;
}

/* Below a tmp.X/, of an update under way? */
static bool in_update(const char *file)
{
        const char *at = strstr(file, "/tmp.");
        return at && strchr(at + 1, '/');
}

bool scan_log_unloadable(const char *line, const char *dir, char **path)
{
        const char *at = strchr(line, '/');
        _cleanup_free_ char *before = xstrndup(line, at ? (size_t)(at - line) : 0);
        if (!at || !says_so(before))
                return false;
        const char *end = strstr(at, ": ");
        _cleanup_free_ char *file = end ? xstrndup(at, (size_t)(end - at)) : xstrdup(at);
        size_t n = strlen(file);
        while (n > 0 && strchr("\"' .:,", file[n - 1]))
                file[--n] = 0;
        size_t top = strlen(dir);
        if (!startswith(file, dir) || file[top] != '/' || strstr(file, "/../") || in_update(file) ||
            !is_signature_file(file))
                return false;
        *path = TAKE_PTR(file);
        return true;
}

struct reading {
        const struct sys *sys;
        const char *dir;
        int64_t written;
        struct scan_unloadable found;
};

/* A file written after the line is another than it tells of. */
static bool is_that_file(const struct reading *r, const char *path, int64_t when)
{
        struct stat st;
        return sys_lstat_nolinks(r->sys, path, &st) == 0 && S_ISREG(st.st_mode) &&
               st.st_mtime <= (when ? when : r->written);
}

static void take(void *data, const char *line)
{
        struct reading *r = data;
        _cleanup_free_ char *path = NULL;
        if (!scan_log_unloadable(line, r->dir, &path) ||
            !is_that_file(r, path, scan_log_time(line)))
                return;
        /* of several lines about a file the first has the reason */
        if (r->found.path && streq(r->found.path, path))
                return;
        scan_unloadable_free(&r->found);
        r->found = (struct scan_unloadable){ TAKE_PTR(path), xstrdup(line) };
}

int scan_unloadable_read(const struct sys *sys, struct scan_unloadable *out)
{
        const char *log = connector_path(sys, PATH_SCAN_LOG);
        struct reading r = { .sys = sys, .dir = connector_path(sys, PATH_SIGNATURES) };
        struct stat st;
        if (sys_lstat_nolinks(sys, log, &st) < 0)
                return 0;
        r.written = st.st_mtime;
        int read = log_tail(sys, log, take, &r);
        if (read < 0 && read != -ENOENT)
                return read;
        *out = r.found;
        return 0;
}

void scan_unloadable_free(struct scan_unloadable *u)
{
        free(u->path);
        free(u->line);
        *u = (struct scan_unloadable){ .path = NULL };
}
