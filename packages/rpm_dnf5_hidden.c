/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the operator's configuration that dnf 5 goes by and does not name: which one hides a
 * package, which key a repository has. */
#include <fnmatch.h>
#include <sys/utsname.h>

#include "packages/rpm_dnf.h"
#include "packages/rpm_resolver.h"

#define CONF_MAX ((size_t)256 * 1024)
#define VERSIONLOCK "/etc/dnf/versionlock.toml"
#define BLANKS " \t,"

struct hiding {
        const struct sys *sys;
        const char *names[4]; /* as a pattern may have it */
        char *line;           /* "FILE:LINE: KEY=WORDS", malloc'ed */
        char *included;       /* likewise the one includepkgs= without it: the weaker reason */
        unsigned n_included;
};

static bool any_fits(const struct hiding *h, const char *words)
{
        _cleanup_free_ char *copy = xstrdup(words);
        char *save = NULL;
        for (char *w = strtok_r(copy, BLANKS, &save); w; w = strtok_r(NULL, BLANKS, &save))
                for (size_t i = 0; i < ARRAY_SIZE(h->names); i++)
                        if (fnmatch(w, h->names[i], 0) == 0)
                                return true;
        return false;
}

static void take_words(struct hiding *h, const char *place, const char *key, const char *words)
{
        bool excludes = streq(key, "exclude") || streq(key, "excludepkgs");
        if (excludes && !h->line && any_fits(h, words))
                h->line = xasprintf("%s: %s=%s", place, key, words);
        if (streq(key, "includepkgs") && *words && !any_fits(h, words) && h->n_included++ == 0)
                h->included = xasprintf("%s: %s=%s", place, key, words);
}

/* A line that starts with a blank goes on with the words of the one before. */
static void look_in(const char *path, void *data)
{
        struct hiding *h = data;
        _cleanup_free_ char *text = NULL, *key = NULL;
        unsigned number = 0;
        if (sys_read(h->sys, path, CONF_MAX, &text, NULL) < 0)
                return;
        for (char *line = text, *next = NULL; line; line = next) {
                next = strchr(line, '\n');
                if (next)
                        *next++ = '\0';
                _cleanup_free_ char *place = xasprintf("%s:%u", path, ++number);
                const char *words = line, *sign = strchr(line, '=');
                if (*line != ' ' && *line != '\t') {
                        free(key);
                        key = sign && *line != '#' ? xstrndup(line, strcspn(line, " \t=")) : NULL;
                        words = sign ? sign + 1 : line;
                }
                if (key)
                        take_words(h, place, key, words + strspn(words, BLANKS));
        }
}

/* FN(PATH, DATA) for each file of dnf 5's settings and of its repositories. */
static void each_file(const struct sys *sys, void (*fn)(const char *path, void *data), void *data)
{
        static const char *const folders[] = { "/etc/dnf/libdnf5.conf.d",
                                               "/usr/share/dnf5/libdnf.conf.d",
                                               "/etc/yum.repos.d",
                                               "/etc/distro.repos.d",
                                               "/usr/share/dnf5/repos.d",
                                               "/etc/dnf/repos.override.d",
                                               "/usr/share/dnf5/repos.override.d" };
        fn("/etc/dnf/dnf.conf", data);
        for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
                _cleanup_closedir_ DIR *dir = NULL;
                if (sys_opendir(sys, folders[i], &dir) < 0)
                        continue;
                for (struct dirent *e; (e = readdir(dir));) {
                        const char *end = strrchr(e->d_name, '.');
                        _cleanup_free_ char *path = xasprintf("%s/%s", folders[i], e->d_name);
                        if (end && (streq(end, ".conf") || streq(end, ".repo")))
                                fn(path, data);
                }
        }
}

/* The line of a lock: name = "NAME". */
static char *locking_line(const struct sys *sys, const char *name)
{
        _cleanup_free_ char *text = NULL, *quoted = xasprintf("\"%s\"", name);
        unsigned number = 0;
        if (sys_read(sys, VERSIONLOCK, CONF_MAX, &text, NULL) < 0)
                return NULL;
        for (char *line = text, *next = NULL; line; line = next) {
                next = strchr(line, '\n');
                if (next)
                        *next++ = '\0';
                number++;
                if (startswith(line + strspn(line, BLANKS), "name") && strstr(line, quoted))
                        return xasprintf(VERSIONLOCK ":%u: %s", number, line);
        }
        return NULL;
}

char *dnf5_hiding_line(const struct sys *sys, const char *name, const char *version)
{
        struct utsname machine = { .machine = "" };
        (void)uname(&machine);
        _cleanup_free_ char *full = xasprintf("%s-%s", name, version);
        _cleanup_free_ char *arch = xasprintf("%s.%s", name, machine.machine);
        _cleanup_free_ char *both = xasprintf("%s.%s", full, machine.machine);
        struct hiding h = { sys, { name, full, arch, both }, NULL, NULL, 0 };
        each_file(sys, look_in, &h);
        /* which of several repositories has the package is not known here */
        if (h.line || h.n_included != 1)
                free(TAKE_PTR(h.included));
        return h.line ? h.line : h.included ? h.included : locking_line(sys, name);
}

struct key_search {
        const struct sys *sys;
        const char *section; /* "[ID]" */
        char *key;
};

static void look_for_key(const char *path, void *data)
{
        struct key_search *search = data;
        _cleanup_free_ char *text = NULL;
        char *save = NULL;
        bool inside = false;
        if (sys_read(search->sys, path, CONF_MAX, &text, NULL) < 0)
                return;
        for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
                if (*line == '[')
                        inside = startswith(line, search->section);
                const char *sign = strchr(line, '=');
                if (!inside || !sign || !startswith(line, "gpgkey"))
                        continue;
                sign += 1 + strspn(sign + 1, BLANKS);
                free(search->key);
                search->key = *sign ? xstrndup(sign, strcspn(sign, BLANKS)) : NULL;
        }
}

char *dnf5_repository_key(const struct sys *sys, const char *id)
{
        _cleanup_free_ char *section = xasprintf("[%s]", id);
        struct key_search search = { sys, section, NULL };
        each_file(sys, look_for_key, &search);
        return search.key;
}
