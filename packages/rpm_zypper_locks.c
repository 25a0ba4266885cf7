/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A package that the operator locked: zypper names the lock only as one of its solutions. */
#include <errno.h>
#include <fnmatch.h>

#include "packages/rpm_zypper.h"

#define LOCKS "/etc/zypp/locks"
#define LOCKS_MAX ((size_t)1024 * 1024)
#define REMOVE "remove lock to allow installation of "

/* The number of the line of LOCKS whose pattern fits the package NAME begins with, and the pattern,
 * malloc'ed; 0: none. */
static int lock_line(const struct sys *sys, const char *name, char **pattern)
{
        _cleanup_free_ char *text = NULL;
        char *save = NULL;
        int number = 0;
        if (sys_read(sys, LOCKS, LOCKS_MAX, &text, NULL) < 0)
                return 0;
        for (char *line = text, *next; line && *line; line = next) {
                next = strchr(line, '\n');
                if (next)
                        *next++ = '\0';
                number++;
                if (!startswith(line, "solvable_name:"))
                        continue;
                const char *word = strtok_r(line + strlen("solvable_name:"), " \t", &save);
                size_t n = strlen(name);
                for (; word && n > 0; n--) {
                        _cleanup_free_ char *head = xstrndup(name, n);
                        if (fnmatch(word, head, 0) != 0)
                                continue;
                        *pattern = xstrdup(word);
                        return number;
                }
        }
        return 0;
}

int zypper_locked(const struct sys *sys, const char *problem, struct package_result *out,
                  char **why)
{
        const char *at = problem ? strstr(problem, REMOVE) : NULL;
        if (!at)
                return 0;
        at += strlen(REMOVE);
        _cleanup_free_ char *name = xstrndup(at, strcspn(at, " [\n")), *pattern = NULL;
        int line = lock_line(sys, name, &pattern);
        strv_add(&out->command, "zypper");
        strv_add(&out->command, "removelock");
        strv_add(&out->command, pattern ? pattern : name);
        rpm_cause(out, "package-hidden", 0);
        return line ? fail(why, -EACCES, "%s is in a repository, but hidden by " LOCKS ":%d: %s",
                           name, line, pattern)
                    : fail(why, -EACCES, "%s is in a repository, but hidden by a lock of zypper's",
                           name);
}
