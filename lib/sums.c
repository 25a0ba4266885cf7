/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums of package files. */
#include "lib/sums.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

#include "lib/i18n.h"
#include "lib/sha256.h"
#include "lib/util.h"

#define FILE_MAX ((size_t)1024 * 1024) /* some 8,000 packages: more than a release of headers has */
#define DIGITS 64

struct sum {
        char *name;
        char hex[DIGITS + 1];
};

struct sums {
        struct sum *items;
        size_t n;
};

void sums_free(struct sums *sums)
{
        for (size_t i = 0; sums && i < sums->n; i++)
                free(sums->items[i].name);
        if (sums)
                free(sums->items);
        free(sums);
}

const char *sums_of(const struct sums *sums, const char *name)
{
        for (size_t i = 0; sums && i < sums->n; i++)
                if (streq(sums->items[i].name, name))
                        return sums->items[i].hex;
        return NULL;
}

/* One component of a path, printable: what a package file can be called. */
static bool is_name(const char *name)
{
        if (!*name || streq(name, ".") || streq(name, "..") || strlen(name) > NAME_MAX)
                return false;
        for (const char *c = name; *c; c++)
                if (*c == '/' || *c == '\\' || iscntrl((unsigned char)*c))
                        return false;
        return true;
}

/* A whole line, without its end, that is not empty. */
static int add_line(struct sums *sums, const char *line, const char **what)
{
        struct sum sum = { 0 };
        *what = _("not a SHA-256 sum, a space, a space or *, and a name");
        if (strspn(line, "0123456789abcdefABCDEF") != DIGITS || line[DIGITS] != ' ' ||
            !strchr(" *", line[DIGITS + 1]) || !line[DIGITS + 1])
                return -EINVAL;
        *what = _("not the name of a file alone: make the sums inside the directory");
        if (!is_name(line + DIGITS + 2))
                return -EINVAL;
        for (size_t i = 0; i < DIGITS; i++)
                sum.hex[i] = (char)tolower((unsigned char)line[i]);
        const char *known = sums_of(sums, line + DIGITS + 2);
        *what = _("another sum of this name stands above");
        if (known)
                return streq(known, sum.hex) ? 0 : -EINVAL;
        sum.name = xstrdup(line + DIGITS + 2);
        sums->items = xreallocarray(sums->items, sums->n + 1, sizeof(*sums->items));
        sums->items[sums->n++] = sum;
        return 0;
}

static int add_lines(struct sums *sums, const char *file, char *text, size_t len, char **why)
{
        const char *what = NULL;
        if (strlen(text) != len)
                return fail(why, -EINVAL, "%s: holds a byte of value 0", file);
        unsigned number = 1;
        for (char *line = text, *next; line; line = next, number++) {
                next = strchr(line, '\n');
                if (next)
                        *next++ = '\0';
                if (*line && add_line(sums, line, &what) < 0)
                        return fail(why, -EINVAL, "%s:%u: %s", file, number, what);
        }
        return sums->n ? 0 : fail(why, -EINVAL, "%s: has no sum", file);
}

static int read_text(const char *file, char **out, size_t *len, char **why)
{
        _cleanup_free_ char *real = realpath(file, NULL);
        if (!real)
                return fail(why, -errno, "%s: %s", file, error_text(errno));
        int r = only_root_changes(real, why);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(real, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
        struct stat st;
        if (fd < 0 || fstat(fd, &st) < 0)
                return fail(why, -errno, "%s: %s", file, error_text(errno));
        if (!S_ISREG(st.st_mode))
                return fail(why, -EINVAL, "%s: not a regular file", file);
        if ((size_t)st.st_size > FILE_MAX)
                return fail(why, -EFBIG, "%s: longer than %zu bytes", file, FILE_MAX);
        char *text = xcalloc(1, (size_t)st.st_size + 1);
        ssize_t n = pread(fd, text, (size_t)st.st_size, 0);
        if (n < 0)
                r = fail(why, -errno, "%s: %s", file, error_text(errno));
        if (r < 0) {
                free(text);
                return r;
        }
        *out = text;
        *len = (size_t)n;
        return 0;
}

int sums_read(const char *file, struct sums **out, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        int r = read_text(file, &text, &len, why);
        if (!text)
                return r;
        struct sums *sums = xcalloc(1, sizeof(*sums));
        r = add_lines(sums, file, text, len, why);
        if (r < 0)
                sums_free(sums);
        else
                *out = sums;
        return r;
}

int sum_of_file(int fd, char hex[65])
{
        struct sha256 h;
        char part[65536];
        ssize_t n;
        off_t at = 0;
        sha256_init(&h);
        while ((n = pread(fd, part, sizeof(part), at)) > 0) {
                sha256_add(&h, part, (size_t)n);
                at += n;
        }
        if (n < 0)
                return -errno;
        sha256_end(&h, hex);
        return 0;
}

bool only_root_writes(const struct stat *st)
{
        bool folder_of_all = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);
        return (st->st_uid == 0 || st->st_uid == geteuid()) &&
               (folder_of_all ||
                (!(st->st_mode & S_IWOTH) && (!(st->st_mode & S_IWGRP) || st->st_gid == 0)));
}

int only_root_changes(const char *path, char **why)
{
        _cleanup_free_ char *part = xstrdup(path);
        for (;;) {
                struct stat st;
                if (lstat(*part ? part : "/", &st) < 0)
                        return fail(why, -errno, "%s: %s", part, error_text(errno));
                if (!only_root_writes(&st))
                        return fail(
                                why, -EPERM,
                                "%s: others than root can change %s; copy it to a directory that "
                                "only root can write to",
                                path, *part ? part : "/");
                char *slash = strrchr(part, '/');
                if (!slash || !*part)
                        return 0;
                *slash = '\0';
        }
}
