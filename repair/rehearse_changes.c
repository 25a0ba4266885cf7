/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a rehearsal changed, read from the upper layers of the copy. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/sys.h"
#include "lib/util.h"
#include "repair/rehearse.h"
#include "repair/rehearse_copy.h"

/* Bookkeeping that every repair touches and nobody asks about. */
static const char *const not_told[] = {
        "/var/lib/secep", "/var/cache", "/var/log", "/tmp", "/var/tmp", "/run", "/dev",
};

static bool is_told(const char *path)
{
        for (size_t i = 0; i < ARRAY_SIZE(not_told); i++) {
                size_t n = strlen(not_told[i]);
                if (strncmp(path, not_told[i], n) == 0 && (path[n] == '/' || !path[n]))
                        return false;
        }
        return true;
}

static void tell(char ***lines, const char *what, const char *path, const char *more)
{
        _cleanup_free_ char *line = xasprintf("%s %s%s", what, path, more ? more : "");
        strv_add(lines, line);
}

static bool is_whiteout(const struct stat *st)
{
        return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

static unsigned count_files(int dir, const char *name)
{
        unsigned n = 0;
        int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        _cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
        for (struct dirent *e; d && (e = readdir(d));) {
                if (streq(e->d_name, ".") || streq(e->d_name, ".."))
                        continue;
                n += e->d_type == DT_DIR ? count_files(dirfd(d), e->d_name) : 1;
        }
        return n;
}

static void walk(char ***lines, int upper, int lower, const char *path);

static void tell_dir(char ***lines, int upper, int lower, const char *name, const char *path,
                     const struct stat *now, const struct stat *was)
{
        if (!was) {
                _cleanup_free_ char *more = xasprintf("/ (%u files)", count_files(upper, name));
                tell(lines, "added", path, more);
                return;
        }
        if ((now->st_mode ^ was->st_mode) & 07777 || now->st_uid != was->st_uid ||
            now->st_gid != was->st_gid) {
                _cleanup_free_ char *more =
                        xasprintf(" (%04o %u:%u -> %04o %u:%u)", was->st_mode & 07777, was->st_uid,
                                  was->st_gid, now->st_mode & 07777, now->st_uid, now->st_gid);
                tell(lines, "changed", path, more);
        }
        _cleanup_close_ int up = openat(upper, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        _cleanup_close_ int low = openat(lower, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (up >= 0 && low >= 0)
                walk(lines, up, low, path);
}

static bool same_bytes(int upper, int lower, const char *name)
{
        _cleanup_close_ int a = sys_open_entry(upper, name, O_RDONLY);
        _cleanup_close_ int b = sys_open_entry(lower, name, O_RDONLY);
        char x[16384], y[16384];
        if (a < 0 || b < 0)
                return false;
        for (;;) {
                ssize_t n = read(a, x, sizeof(x)), m = read(b, y, sizeof(y));
                if (n != m || n < 0 || memcmp(x, y, (size_t)n) != 0)
                        return false;
                if (n == 0)
                        return true;
        }
}

static void tell_entry(char ***lines, int upper, int lower, const char *name, const char *path)
{
        struct stat now, was;
        bool existed = fstatat(lower, name, &was, AT_SYMLINK_NOFOLLOW) == 0;
        if (fstatat(upper, name, &now, AT_SYMLINK_NOFOLLOW) < 0 || !is_told(path))
                return;
        if (is_whiteout(&now)) {
                if (existed)
                        tell(lines, "removed", path, NULL);
        } else if (S_ISDIR(now.st_mode))
                tell_dir(lines, upper, lower, name, path, &now, existed ? &was : NULL);
        else if (!existed)
                tell(lines, "added", path, NULL);
        else if (!S_ISREG(now.st_mode) || now.st_mode != was.st_mode || now.st_uid != was.st_uid ||
                 now.st_gid != was.st_gid || !same_bytes(upper, lower, name))
                tell(lines, "changed", path, NULL);
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static void walk(char ***lines, int upper, int lower, const char *path)
{
        _cleanup_strv_ char **names = NULL;
        int fd = fcntl(upper, F_DUPFD_CLOEXEC, 3);
        _cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
        for (struct dirent *e; d && (e = readdir(d));)
                if (!streq(e->d_name, ".") && !streq(e->d_name, ".."))
                        strv_add(&names, e->d_name);
        if (names)
                qsort(names, strv_length(names), sizeof(char *), by_name);
        for (char **name = names; name && *name; name++) {
                _cleanup_free_ char *at = xasprintf("%s/%s", streq(path, "/") ? "" : path, *name);
                tell_entry(lines, upper, lower, *name, at);
        }
}

/* NULL where it is no regular file: a FIFO would be waited for. */
static FILE *open_file(int root, const char *path)
{
        _cleanup_close_ int fd = sys_open_entry(root, path, O_RDONLY);
        struct stat st;
        if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return NULL;
        FILE *f = fdopen(fd, "r");
        if (f)
                (void)TAKE_FD(fd);
        return f;
}

/* Names that begin a line of a passwd-like file: the keys up to the first ':'. */
static char **keys_of(int root, const char *path)
{
        char **keys = NULL;
        _cleanup_fclose_ FILE *f = open_file(root, path);
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        while (f && getline(&line, &size, f) > 0) {
                line[strcspn(line, ":\n")] = '\0';
                strv_add(&keys, line);
        }
        return keys;
}

/* The installed packages of a dpkg status file, "name version". */
static char **packages_of(int root, const char *path)
{
        char **packages = NULL;
        _cleanup_fclose_ FILE *f = open_file(root, path);
        _cleanup_free_ char *line = NULL, *name = NULL;
        size_t size = 0;
        bool installed = false;
        while (f && getline(&line, &size, f) > 0) {
                line[strcspn(line, "\n")] = '\0';
                if (startswith(line, "Package: ")) {
                        free(name);
                        name = xstrdup(line + strlen("Package: "));
                } else if (startswith(line, "Status: "))
                        installed = strstr(line, " installed") != NULL;
                else if (startswith(line, "Version: ") && installed && name) {
                        _cleanup_free_ char *both =
                                xasprintf("%s %s", name, line + strlen("Version: "));
                        strv_add(&packages, both);
                }
        }
        return packages;
}

static bool has(char **strv, const char *s)
{
        for (; strv && *strv; strv++)
                if (streq(*strv, s))
                        return true;
        return false;
}

static void tell_difference(char ***lines, const char *what, char **was, char **now)
{
        for (char **s = now; s && *s; s++)
                if (!has(was, *s))
                        tell(lines, what, "+", *s);
        for (char **s = was; s && *s; s++)
                if (!has(now, *s))
                        tell(lines, what, "-", *s);
}

/* Databases in which a person looks for names and not for bytes. */
static const struct {
        const char *what, *path;
        char **(*names)(int root, const char *path);
} databases[] = {
        { "user", "etc/passwd", keys_of },
        { "group", "etc/group", keys_of },
        { "package", "var/lib/dpkg/status", packages_of },
};

static void tell_databases(char ***lines, const struct layer *layer)
{
        size_t skip = streq(layer->mountpoint, "/") ? 0 : strlen(layer->mountpoint);
        for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
                const char *path = databases[i].path;
                if (skip && strncmp(path, layer->mountpoint + 1, skip - 1) != 0)
                        continue;
                _cleanup_strv_ char **now = databases[i].names(layer->upper_fd, path + skip);
                _cleanup_strv_ char **was = databases[i].names(layer->lower_fd, path + skip);
                if (now)
                        tell_difference(lines, databases[i].what, was, now);
        }
}

char **rehearse_changes(const struct copy *copy)
{
        char **lines = NULL;
        for (size_t i = 0; i < copy->n; i++)
                tell_databases(&lines, &copy->layers[i]);
        for (size_t i = 0; i < copy->n; i++)
                walk(&lines, copy->layers[i].upper_fd, copy->layers[i].lower_fd,
                     copy->layers[i].mountpoint);
        for (char **note = copy->notes; note && *note; note++)
                strv_add(&lines, *note);
        return lines;
}
