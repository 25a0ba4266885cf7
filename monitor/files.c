/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directories. */
#include "monitor/files.h"

#include "connector/connector.h"
#include "connector/paths.h"
#include "lib/conf.h"
#include "monitor/connector_word.h"

#define OF_SERVICE (LOOK(5) | LOOK(6) | LOOK(7) | LOOK(8) | LOOK(9) | LOOK(18))
#define OF_LOGS (LOOK(6) | LOOK(7) | LOOK(8) | LOOK(9))

/* %r: the kernel release, %u: the connector's unit. */
static const struct {
        const char *path, *names;
        unsigned depth, faults, flags;
} table[] = {
        { "/etc", "passwd group shadow gshadow login.defs nsswitch.conf .pwd.lock", 0, LOOK(5),
          RULE_LINKS },
        { "/etc/secep", NULL, 0, LOOK_ALL, RULE_LINKS | RULE_CONF },
        { "/etc/modprobe.d", NULL, 0, LOOK(8) | LOOK(9), RULE_LINKS },
        { "/usr/lib/modprobe.d", NULL, 0, LOOK(8) | LOOK(9), RULE_LINKS },
        { "/etc/selinux", NULL, 2, LOOK(19), RULE_LINKS },
        { "/var/lib/selinux", NULL, 2, LOOK(19), RULE_LINKS },
        { CONNECTOR_TOP, NULL, 12, LOOK_ALL, 0 },
        { "/var/log/cisco", NULL, 0, OF_LOGS, RULE_APPENDED },
        { "/lib/modules", NULL, 2, LOOK_KERNEL, RULE_LINKS },
        { "/lib/modules/%r/updates/secep", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/lib/modules/%r/build", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/lib/modules/%r/build/include/generated", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/lib/modules/%r/build/scripts", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/usr/src", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/usr/src/kernels", NULL, 0, LOOK_KERNEL, RULE_LINKS },
        { "/boot", NULL, 3, LOOK(11) | LOOK(16), RULE_LINKS },
        { "/etc/systemd/system", NULL, 1, LOOK(7), RULE_LINKS },
        { "/run/systemd/units", "invocation:%u", 0, OF_SERVICE, RULE_LINKS },
        { "/var/lib/systemd/coredump", NULL, 0, LOOK(6), RULE_LINKS },
        { "/var/lib/dpkg", "status", 0, LOOK(5) | LOOK_KERNEL, RULE_LINKS },
        { "/var/lib/rpm", NULL, 0, LOOK(5) | LOOK_KERNEL, RULE_LINKS },
        { "/usr/lib/sysimage/rpm", NULL, 0, LOOK(5) | LOOK_KERNEL, RULE_LINKS },
        { "/var/lib/secep", "known.json", 0, LOOK_ALL, 0 },
        { "/var/lib/secep/runs", NULL, 0, LOOK(5) | LOOK(6) | LOOK(7), 0 },
        { WORD_DIR, WORD_NAME, 0, LOOK_ALL, 0 },
};

/* Where secep.conf puts what the table has in its usual place: the name in its directory, of
 * SignatureDir all that is below it. */
static const struct {
        enum connector_path which;
        unsigned depth, faults, flags;
} places[] = {
        { PATH_DAEMON, 0, LOOK_ALL, 0 },
        { PATH_SCANNER, 0, LOOK_ALL, 0 },
        { PATH_AMPCLI, 0, LOOK_ALL, 0 },
        { PATH_GLOBAL_XML, 0, LOOK_ALL, 0 },
        { PATH_POLICY_XML, 0, LOOK_ALL, 0 },
        { PATH_DAEMON_LOG, 0, OF_LOGS, RULE_APPENDED },
        { PATH_SCAN_LOG, 0, OF_LOGS, RULE_APPENDED },
        { PATH_SIGNATURES, 8 /* as the look at them goes */, LOOK(7), RULE_BELOW },
};

static char *filled(const struct sys *sys, const char *text)
{
        const char *at = text ? strchr(text, '%') : NULL, *what;
        if (!at)
                return text ? xstrdup(text) : NULL;
        what = at[1] == 'r' ? sys->release : connector_path(sys, PATH_SERVICE);
        return what ? xasprintf("%.*s%s%s", (int)(at - text), text, what, at + 2) : NULL;
}

/* One slash before each name, none at the end. */
static char *path_plain(const char *path)
{
        char *out = xcalloc(1, strlen(path) + 3), *to = out;
        for (const char *p = path + strspn(path, "/"); *p; p += strspn(p, "/")) {
                size_t n = strcspn(p, "/");
                *to++ = '/';
                to = mempcpy(to, p, n);
                p += n;
        }
        return out;
}

static void place_rule(const struct sys *sys, size_t i, struct file_rule **rules, size_t *n)
{
        const char *set = connector_path_set(sys, places[i].which);
        _cleanup_free_ char *path = set ? path_plain(set) : NULL, *name = NULL;
        if (!path || !*path)
                return;
        if (!(places[i].flags & RULE_BELOW)) {
                char *slash = strrchr(path, '/');
                name = xstrdup(slash + 1);
                slash[slash == path] = '\0';
        }
        *rules = xreallocarray(*rules, *n + 1, sizeof(**rules));
        (*rules)[(*n)++] = (struct file_rule){
                xstrdup(path), TAKE_PTR(name), places[i].depth, places[i].faults, places[i].flags,
        };
}

void rules_make(const struct sys *sys, struct file_rule **out, size_t *n)
{
        struct file_rule *rules = xcalloc(ARRAY_SIZE(table), sizeof(*rules));
        *n = 0;
        for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
                char *path = filled(sys, table[i].path);
                if (path) /* no release, no directory of it */
                        rules[(*n)++] = (struct file_rule){
                                path,           filled(sys, table[i].names),
                                table[i].depth, table[i].faults,
                                table[i].flags,
                        };
        }
        for (size_t i = 0; i < ARRAY_SIZE(places); i++)
                place_rule(sys, i, &rules, n);
        *out = rules;
}

void rules_free(struct file_rule *rules, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                free(rules[i].path);
                free(rules[i].names);
        }
        free(rules);
}

bool rules_same(const struct file_rule *a, size_t n_a, const struct file_rule *b, size_t n_b)
{
        bool same = n_a == n_b;
        for (size_t i = 0; same && i < n_a; i++)
                same = streq(a[i].path, b[i].path) && !a[i].names == !b[i].names &&
                       (!a[i].names || streq(a[i].names, b[i].names)) &&
                       a[i].faults == b[i].faults && a[i].flags == b[i].flags;
        return same;
}
