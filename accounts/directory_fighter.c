/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory that was put right and is wrong again: who may be doing it. */
#include "accounts/accounts.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>

#include "lib/util.h"

#define AUDIT_LOG "/var/log/audit/audit.log"
#define AUDIT_TAIL ((size_t)1 << 20)

/* Types of tmpfiles.d(5) that set the mode or owner of a directory. */
static bool tmpfiles_line_is_of(const char *line, const char *path)
{
        char type[8], pattern[4096];
        if (sscanf(line, " %7s %4095s", type, pattern) != 2 || !strchr("dDevqQzZm", *type))
                return false;
        size_t n = strlen(pattern);
        return fnmatch(pattern, path, FNM_PATHNAME) == 0 ||
               (*type == 'Z' && startswith(path, pattern) && path[n] == '/');
}

static char *fighter_in_file(const struct sys *sys, const char *file, const char *path)
{
        _cleanup_free_ char *text = NULL;
        if (sys_read(sys, file, 1 << 20, &text, NULL) < 0)
                return NULL;
        unsigned n = 0;
        char *rest = text, *line;
        while ((line = strsep(&rest, "\n"))) {
                n++;
                if (tmpfiles_line_is_of(line, path))
                        return xasprintf("%s:%u: %.200s", file, n, line);
        }
        return NULL;
}

static char *fighter_in_tmpfiles(const struct sys *sys, const char *path)
{
        static const char *const dirs[] = { "/etc/tmpfiles.d", "/run/tmpfiles.d",
                                            "/usr/lib/tmpfiles.d" };
        for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
                _cleanup_closedir_ DIR *dir = NULL;
                if (sys_opendir(sys, dirs[i], &dir) < 0)
                        continue;
                struct dirent *e;
                while ((e = readdir(dir))) {
                        const char *dot = strrchr(e->d_name, '.');
                        if (!dot || !streq(dot, ".conf"))
                                continue;
                        _cleanup_free_ char *file = xasprintf("%s/%s", dirs[i], e->d_name);
                        char *found = fighter_in_file(sys, file, path);
                        if (found)
                                return found;
                }
        }
        return NULL;
}

/* The last AUDIT_TAIL bytes of the audit log. */
static char *audit_tail(const struct sys *sys)
{
        _cleanup_close_ int fd = sys_openat(sys, AUDIT_LOG, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0);
        struct stat st;
        if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return NULL;
        off_t from = st.st_size > (off_t)AUDIT_TAIL ? st.st_size - (off_t)AUDIT_TAIL : 0;
        char *text = xcalloc(AUDIT_TAIL + 1, 1);
        ssize_t n = pread(fd, text, AUDIT_TAIL, from);
        text[n > 0 ? n : 0] = '\0';
        return text;
}

/* "msg=audit(...)" of the last PATH record that names PATH. */
static char *audit_serial(const char *text, const char *path)
{
        _cleanup_free_ char *name = xasprintf("name=\"%s\"", path);
        char *serial = NULL;
        for (const char *at = text; (at = strstr(at, name)); at++) {
                const char *line = at;
                while (line > text && line[-1] != '\n')
                        line--;
                const char *msg = strstr(line, "msg=audit(");
                if (!startswith(line, "type=PATH") || !msg || msg > at)
                        continue;
                free(serial);
                serial = xstrndup(msg, strcspn(msg, ")") + 1);
        }
        return serial;
}

/* Of a SYSCALL record of that serial: program and login. An audit rule on the path must be there
 * for one to exist; one that only watches reads names a reader. */
static char *fighter_in_audit(const struct sys *sys, const char *path)
{
        _cleanup_free_ char *text = audit_tail(sys);
        _cleanup_free_ char *serial = text ? audit_serial(text, path) : NULL;
        for (char *rest = text, *line; serial && (line = strsep(&rest, "\n"));) {
                const char *exe = strstr(line, " exe=\"");
                if (!startswith(line, "type=SYSCALL") || !strstr(line, serial) || !exe)
                        continue;
                exe += strlen(" exe=\"");
                return xasprintf("%s: %s by %.*s", AUDIT_LOG, serial, (int)strcspn(exe, "\""), exe);
        }
        return NULL;
}

char *directory_fighter(const struct sys *sys, const char *path)
{
        char *found = fighter_in_tmpfiles(sys, path);
        return found ? found : fighter_in_audit(sys, path);
}
