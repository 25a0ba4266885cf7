/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dpkg's database by its files: /var/lib/dpkg/status and info/NAME.list. */
#include <errno.h>
#include <fcntl.h>

#include "lib/util.h"
#include "packages/difference.h"
#include "packages/dpkg.h"
#include "packages/lines.h"
#include "packages/verify.h"

#define STATUS "/var/lib/dpkg/status"
#define UPDATES "/var/lib/dpkg/updates"

static const char *field(const char *line, const char *key)
{
        size_t n = strlen(key);
        return strncmp(line, key, n) == 0 && line[n] == ':'
                       ? line + n + 1 + strspn(line + n + 1, " ")
                       : NULL;
}

/* "install ok installed": want, error flag, state. */
static enum package_state state_of(const char *status)
{
        char flag[32] = "", state[32] = "";
        if (sscanf(status, "%*31s %31s %31s", flag, state) != 2)
                return PACKAGE_BROKEN;
        if (streq(state, "not-installed") || streq(state, "config-files"))
                return PACKAGE_ABSENT;
        bool settled = streq(state, "installed") || streq(state, "triggers-pending") ||
                       streq(state, "triggers-awaited");
        return settled && streq(flag, "ok") ? PACKAGE_INSTALLED : PACKAGE_BROKEN;
}

static void take_field(struct package_info *info, const char *line)
{
        const char *v;
        if ((v = field(line, "Status")))
                info->state = state_of(v);
        else if ((v = field(line, "Version")) && !info->version)
                info->version = xstrdup(v);
        else if ((v = field(line, "Depends")) && !info->depends)
                info->depends = xstrdup(v);
}

/* What PATH says of package NAME, if it does, replaces *INFO. */
static int read_package(const struct sys *sys, const char *path, const char *name,
                        struct package_info *info)
{
        _cleanup_lines_ struct lines *lines = NULL;
        int r = lines_open(sys, path, &lines);
        if (r < 0)
                return r;
        bool ours = false;
        for (char *line; (line = ours ? lines_next(lines) : lines_next_with(lines, name));) {
                const char *package = *line == 'P' ? field(line, "Package") : NULL;
                if (line[0] == '\0' && ours && info->state != PACKAGE_ABSENT)
                        break;
                if (line[0] == '\0' || package)
                        ours = package && streq(package, name);
                if (ours && package)
                        package_info_free(info);
                if (ours)
                        take_field(info, line);
        }
        return 0;
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* dpkg notes each change of state in updates/NNNN first and writes the status file when it is done:
 * while it works, or when it was killed, they count and the status file is old. */
static char **journal(const struct sys *sys)
{
        _cleanup_closedir_ DIR *dir = NULL;
        char **paths = NULL;
        size_t n = 0;
        if (sys_opendir(sys, UPDATES, &dir) < 0)
                return NULL;
        for (struct dirent *e; (e = readdir(dir));) {
                if (e->d_name[strspn(e->d_name, "0123456789")] != '\0')
                        continue;
                _cleanup_free_ char *path = xasprintf("%s/%s", UPDATES, e->d_name);
                strv_add(&paths, path);
                n++;
        }
        if (paths)
                qsort(paths, n, sizeof(*paths), by_name);
        return paths;
}

int dpkg_package(const struct sys *sys, const char *name, struct package_info *out, char **why)
{
        _cleanup_package_info_ struct package_info info = { .state = PACKAGE_ABSENT };
        _cleanup_strv_ char **notes = journal(sys);
        int r = read_package(sys, STATUS, name, &info);
        if (r < 0)
                return fail(why, r, "%s: %s", STATUS, sys_why(r));
        for (char **note = notes; note && *note; note++)
                if ((r = read_package(sys, *note, name, &info)) < 0 && r != -ENOENT)
                        return fail(why, r, "%s: %s", *note, sys_why(r));
        if (info.state == PACKAGE_ABSENT)
                package_info_free(&info);
        *out = info;
        info = (struct package_info){ 0 };
        return 0;
}

bool dpkg_broken(const struct sys *sys, const char *name)
{
        _cleanup_package_info_ struct package_info info = { .state = PACKAGE_ABSENT };
        return package_kind(sys) == PACKAGES_DPKG && dpkg_package(sys, name, &info, NULL) == 0 &&
               info.state == PACKAGE_BROKEN;
}

void package_info_free(struct package_info *info)
{
        free(info->version);
        free(info->depends);
        *info = (struct package_info){ .state = PACKAGE_ABSENT };
}

int dpkg_file_missing(const struct sys *sys, const char *name, char **path)
{
        _cleanup_free_ char *list = xasprintf("/var/lib/dpkg/info/%s.list", name);
        _cleanup_lines_ struct lines *lines = NULL;
        int r = lines_open(sys, list, &lines);
        if (r < 0)
                return r;
        struct stat st;
        for (char *line; (line = lines_next(lines));) {
                if (line[0] != '/' || path_is_paper(line) || sys_lstat(sys, line, &st) != -ENOENT)
                        continue;
                *path = xstrdup(line);
                return 1;
        }
        return 0;
}

size_t dpkg_list_find(const struct sys *sys, const char *list, char *const *paths, size_t n)
{
        _cleanup_lines_ struct lines *lines = NULL;
        if (lines_open(sys, list, &lines) < 0)
                return n;
        for (char *line; n > 0 && (line = lines_next(lines));)
                for (size_t i = 0; i < n; i++)
                        if (streq(line, paths[i]))
                                n = i;
        return n;
}

static int interrupted(char **name, const char *what)
{
        if (name)
                *name = xstrdup(what);
        return 1;
}

int dpkg_interrupted(const struct sys *sys, char **name)
{
        _cleanup_strv_ char **notes = journal(sys);
        if (notes)
                return interrupted(name, "the journal");
        _cleanup_lines_ struct lines *lines = NULL;
        int r = lines_open(sys, STATUS, &lines);
        if (r < 0)
                return r;
        _cleanup_free_ char *package = xstrdup("");
        for (char *line; (line = lines_next(lines));) {
                const char *v = field(line, "Package");
                if (v) {
                        free(package);
                        package = xstrdup(v);
                } else if ((v = field(line, "Status")) && state_of(v) == PACKAGE_BROKEN)
                        return interrupted(name, package);
        }
        return 0;
}

/* One paragraph's worth of what dpkg_entries() needs. */
struct paragraph {
        char *name, *arch, *version;
        enum package_state state;
};

static void paragraph_end(struct paragraph *p, struct package_entries *out)
{
        if (p->name && p->version && p->state != PACKAGE_ABSENT) {
                _cleanup_free_ char *name = xasprintf("%s:%s", p->name, p->arch ? p->arch : "all");
                package_entries_add(out, name, p->version);
        }
        free(p->name);
        free(p->arch);
        free(p->version);
        *p = (struct paragraph){ 0 };
}

static void paragraph_take(char **field, const char *value)
{
        free(*field);
        *field = xstrdup(value);
}

int dpkg_entries(const struct sys *sys, struct package_entries *out)
{
        _cleanup_lines_ struct lines *lines = NULL;
        int r = lines_open(sys, STATUS, &lines);
        if (r < 0)
                return r;
        struct paragraph p = { 0 };
        const char *v;
        for (char *line; (line = lines_next(lines));) {
                if (line[0] == '\0')
                        paragraph_end(&p, out);
                else if ((v = field(line, "Package")))
                        paragraph_take(&p.name, v);
                else if ((v = field(line, "Architecture")))
                        paragraph_take(&p.arch, v);
                else if ((v = field(line, "Version")))
                        paragraph_take(&p.version, v);
                else if ((v = field(line, "Status")))
                        p.state = state_of(v);
        }
        paragraph_end(&p, out);
        return 0;
}
