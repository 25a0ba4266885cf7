/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks of dnf, dnf 5, yum and zypper: an administrator who locks a package that we installed wants it
 * there, though dnf itself removes what it has locked. */
#include <fnmatch.h>
#include <rpm/header.h>

#include "lib/util.h"
#include "packages/rpm_db.h"

#define LIST_MAX ((size_t)256 * 1024)
#define BLANKS " \t\r"
#define NAMES 7

struct held {
        const struct sys *sys;
        char *names[NAMES]; /* as a pattern may have it; the first is the bare name */
        char *line;         /* "FILE:LINE: TEXT", malloc'ed */
};

/* NAME-EPOCH:VERSION-RELEASE.ARCH, and "!": never that one, which is no lock on it. */
static bool pattern_fits(const struct held *h, const char *line)
{
        for (size_t i = 0; *line != '#' && *line != '!' && i < NAMES; i++)
                if (fnmatch(line, h->names[i], 0) == 0)
                        return true;
        return false;
}

/* name = "NAME" */
static bool toml_fits(const struct held *h, const char *line)
{
        _cleanup_free_ char *quoted = xasprintf("\"%s\"", h->names[0]);
        return startswith(line, "name") && strstr(line, quoted);
}

/* solvable_name: PATTERN... */
static bool zypper_fits(const struct held *h, const char *line)
{
        _cleanup_free_ char *words = NULL;
        char *save = NULL;
        if (!startswith(line, "solvable_name:"))
                return false;
        words = xstrdup(line + strlen("solvable_name:"));
        for (char *w = strtok_r(words, BLANKS, &save); w; w = strtok_r(NULL, BLANKS, &save))
                if (fnmatch(w, h->names[0], 0) == 0)
                        return true;
        return false;
}

static void look_in(struct held *h, const char *path,
                    bool (*fits)(const struct held *h, const char *line))
{
        _cleanup_free_ char *text = NULL;
        unsigned number = 0;
        if (h->line || sys_read(h->sys, path, LIST_MAX, &text, NULL) < 0)
                return;
        for (char *line = text, *next = NULL; line && !h->line; line = next) {
                next = strchr(line, '\n');
                if (next)
                        *next++ = '\0';
                number++;
                line += strspn(line, BLANKS);
                for (size_t n = strlen(line); n > 0 && strchr(BLANKS, line[n - 1]); n--)
                        line[n - 1] = '\0';
                if (*line && fits(h, line))
                        h->line = xasprintf("%s:%u: %s", path, number, line);
        }
}

/* locklist = PATH */
static void look_in_named(struct held *h, const char *settings)
{
        _cleanup_free_ char *text = NULL;
        char *save = NULL;
        if (sys_read(h->sys, settings, LIST_MAX, &text, NULL) < 0)
                return;
        for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
                char *sign = strchr(line, '=');
                if (!sign || !startswith(line, "locklist"))
                        continue;
                sign += 1 + strspn(sign + 1, BLANKS);
                sign[strcspn(sign, BLANKS)] = '\0';
                if (*sign == '/')
                        look_in(h, sign, pattern_fits);
        }
}

static void names_of(Header header, char **names)
{
        static const char *const forms[NAMES] = {
                "%{NAME}",
                "%{NAME}.%{ARCH}",
                "%{NAME}-%{VERSION}",
                "%{NAME}-%{VERSION}-%{RELEASE}",
                "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}",
                "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}",
                "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}",
        };
        for (size_t i = 0; i < NAMES; i++) {
                char *text = headerFormat(header, forms[i], NULL);
                names[i] = text ? text : xstrdup("");
        }
}

char *rpm_held_by(const struct sys *sys, Header header)
{
        struct held h = { .sys = sys };
        names_of(header, h.names);
        look_in(&h, "/etc/dnf/plugins/versionlock.list", pattern_fits);
        look_in(&h, "/etc/yum/pluginconf.d/versionlock.list", pattern_fits);
        look_in_named(&h, "/etc/dnf/plugins/versionlock.conf");
        look_in_named(&h, "/etc/yum/pluginconf.d/versionlock.conf");
        look_in(&h, "/etc/dnf/versionlock.toml", toml_fits);
        look_in(&h, "/etc/zypp/locks", zypper_fits);
        for (size_t i = 0; i < NAMES; i++)
                free(h.names[i]);
        return h.line;
}
