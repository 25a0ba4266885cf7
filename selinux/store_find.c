/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the module store is, and whether ours is the library to write it. */
#include "selinux/store.h"

#include <ctype.h>
#include <errno.h>
#include <sepol/policydb.h>

#include "lib/util.h"
#include "selinux/secep_selinux.h"

#define CONF_MAX ((size_t)256 * 1024)

char *semanage_conf(const struct sys *sys, const char *key)
{
        _cleanup_free_ char *text = NULL;
        if (sys_read(sys, SEMANAGE_CONF, CONF_MAX, &text, NULL) < 0)
                return NULL;
        char *value = NULL;
        for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                const char *at = line + strspn(line, " \t");
                if (!startswith(at, key))
                        continue;
                at += strlen(key);
                at += strspn(at, " \t");
                if (*at++ != '=')
                        continue;
                at += strspn(at, " \t");
                free(value);
                value = xstrndup(at, strcspn(at, " \t\r\n#"));
        }
        return value;
}

/* Lines of sections, without their blanks. */
static const char *const shipped[] = {
        "[sefcontext_compile]",
        "[setfiles]",
        "[load_policy]",
        "[end]",
        "path=/usr/sbin/sefcontext_compile",
        "path=/sbin/sefcontext_compile",
        "path=/usr/sbin/setfiles",
        "path=/sbin/setfiles",
        "path=/usr/sbin/load_policy",
        "path=/sbin/load_policy",
        "args=-r$@",
        "args=$@",
        "args=-q-c$@$<",
        "args=-q",
        "compiler-directory=/usr/libexec/selinux/hll",
};

static bool is_shipped(const char *line)
{
        for (size_t i = 0; i < ARRAY_SIZE(shipped); i++)
                if (streq(line, shipped[i]))
                        return true;
        return false;
}

static char *without_blanks(const char *line, size_t len)
{
        char *out = xcalloc(len + 1, 1), *to = out;
        for (size_t i = 0; i < len; i++)
                if (line[i] != ' ' && line[i] != '\t')
                        *to++ = line[i];
        return out;
}

/* In a section every line must be known; outside of one, what begins one or names a compiler. */
static int lines_harmless(const char *text, char **why)
{
        bool section = false;
        for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
                _cleanup_free_ char *line = without_blanks(at, strcspn(at, "\n"));
                bool asked = section || strchr(line, '[') || strstr(line, "compiler-directory");
                if (!*line || *line == '#' || !asked)
                        continue;
                if (!is_shipped(line))
                        return fail(why, -EPERM, "%s names a program that would be run here: %.80s",
                                    SEMANAGE_CONF, line);
                section = section ? !streq(line, "[end]") : *line == '[';
        }
        return 0;
}

int semanage_conf_harmless(const struct sys *sys, char **why)
{
        _cleanup_free_ char *text = NULL;
        size_t len = 0;
        int r = sys->live ? -ENOENT : sys_read(sys, SEMANAGE_CONF, CONF_MAX, &text, &len);
        if (r < 0)
                return r == -ENOENT ? 0 : fail(why, r, "%s: %s", SEMANAGE_CONF, sys_why(r));
        if (strlen(text) != len)
                return fail(why, -EPERM, "%s: a NUL byte", SEMANAGE_CONF);
        return lines_harmless(text, why);
}

char *store_find(const struct sys *sys, const char *type)
{
        _cleanup_free_ char *configured = semanage_conf(sys, "store-root");
        const char *const tops[] = { configured, "/var/lib/selinux", "/etc/selinux" };
        static const char *const parts[] = { "active", "previous", "tmp" };
        for (size_t i = 0; i < ARRAY_SIZE(tops); i++)
                for (size_t p = 0; tops[i] && p < ARRAY_SIZE(parts); p++) {
                        _cleanup_free_ char *modules =
                                xasprintf("%s/%s/%s/modules", tops[i], type, parts[p]);
                        if (sys_exists(sys, modules))
                                return xasprintf("%s/%s", tops[i], type);
                }
        return NULL;
}

/* The version libsemanage builds: its semanage.conf's, else the newest its libsepol knows. */
static long version_built(const struct sys *sys)
{
        _cleanup_free_ char *word = semanage_conf(sys, "policy-version");
        long version;
        if (word && parse_long(word, 1, 999, &version) == 0)
                return version;
        return sepol_policy_kern_vers_max();
}

int selinux_writable(const struct sys *sys, const struct selinux_state *state, char **why)
{
        _cleanup_free_ char *path = store_find(sys, state->type);
        if (!path)
                return fail(why, -EXDEV,
                            "no module store in /var/lib/selinux/%s that our "
                            "libsemanage writes: run \"secep-repair --fault 19\" inside that root",
                            state->type);
        int r = semanage_conf_harmless(sys, why);
        if (r < 0)
                return r;
        long version = version_built(sys);
        if (sys->live || state->version == 0 || version == (long)state->version)
                return 0;
        return fail(why, -EXDEV,
                    "%s has policy version %u and this machine's libsepol writes %ld: "
                    "run \"chroot %s secep-repair --fault 19\", so that the root's own library "
                    "builds it",
                    state->policy, state->version, version, sys->root);
}
