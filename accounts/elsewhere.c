/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A name that comes from LDAP, SSSD, ... and not from the files. */
#include "accounts/accounts.h"

#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>

#include "lib/i18n.h"
#include "lib/run.h"
#include "lib/util.h"

#define ANSWER_MS 5000 /* a directory server that answers at all does within this */
#define NSSWITCH "/etc/nsswitch.conf"

static const char *const databases[] = { [ACCOUNT_USERS] = "passwd", [ACCOUNT_GROUPS] = "group" };

struct question {
        enum account_database database;
        const char *name;
        char *const *sources; /* of nsswitch.conf, to be asked one by one */
};

/* 1, 0, or -errno of the C library. */
static int ask(const struct question *q)
{
        char buffer[65536];
        int r;
        if (q->database == ACCOUNT_USERS) {
                struct passwd pw, *found = NULL;
                r = getpwnam_r(q->name, &pw, buffer, sizeof(buffer), &found);
                if (found)
                        return 1;
        } else {
                struct group gr, *found = NULL;
                r = getgrnam_r(q->name, &gr, buffer, sizeof(buffer), &found);
                if (found || r == ERANGE)
                        return 1;
        }
        bool absent = r == 0 || r == ENOENT || r == ESRCH || r == EBADF || r == EPERM;
        return absent ? 0 : -r;
}

/* In the child: writes the source that has the name. Status 0: asked, 1: could not be asked. */
static int ask_in_child(void *data, int fd)
{
        const struct question *q = data;
        int r = ask(q);
        if (r <= 0)
                return r < 0;
        const char *source = _("another source");
#ifdef __GLIBC__
        for (char *const *s = q->sources; s && *s; s++)
                if (__nss_configure_lookup(databases[q->database], *s) == 0 && ask(q) == 1) {
                        source = *s;
                        break;
                }
#endif
        dprintf(fd, "%s", source);
        return 0;
}

/* The services of a database's line in nsswitch.conf, without "files" and [actions]. */
static char **read_sources(const struct sys *sys, const char *database)
{
        _cleanup_free_ char *text = NULL;
        char **sources = NULL;
        size_t len = strlen(database);
        if (sys_read(sys, NSSWITCH, 1 << 20, &text, NULL) < 0)
                return NULL;
        char *rest = text, *line;
        while ((line = strsep(&rest, "\n"))) {
                line[strcspn(line, "#")] = '\0';
                line += strspn(line, " \t");
                if (!startswith(line, database) || line[len] != ':')
                        continue;
                char *word, *words = line + len + 1;
                while ((word = strsep(&words, " \t")))
                        if (*word && !strpbrk(word, "[]=") && !streq(word, "files"))
                                strv_add(&sources, word);
        }
        return sources;
}

int account_elsewhere(const struct sys *sys, enum account_database database, const char *name,
                      char **out, char **why)
{
        if (!sys->live) {
                *out = NULL;
                return 0;
        }
        _cleanup_strv_ char **sources = read_sources(sys, databases[database]);
        struct question q = { .database = database, .name = name, .sources = sources };
        struct run_child child = { .fn = ask_in_child, .data = &q, .timeout_ms = ANSWER_MS };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = run_child(&child, &result);
        if (r < 0 || result.status != 0 || result.timed_out)
                return fail(why, r < 0 ? r : -EAGAIN,
                            "the name services of %s (%s) %s when asked for %s", NSSWITCH,
                            databases[database],
                            result.timed_out ? _("did not answer within 5 s") : "failed", name);
        *out = result.out_len ? xasprintf("%s (%s, %s)", result.out, NSSWITCH, databases[database])
                              : NULL;
        return 0;
}
