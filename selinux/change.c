/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of the store: healing it, one libsemanage transaction in a child, loading the policy. */
#include "selinux/secep_selinux.h"

#include <errno.h>
#include <fcntl.h>
#include <selinux/selinux.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "lib/door.h"
#include "lib/i18n.h"
#include "lib/plugin.h"
#include "lib/run.h"
#include "lib/util.h"
#include "lib/wait.h"
#include "selinux/semanage.h"
#include "selinux/store.h"

static int heal_locked(const struct sys *sys, const char *type, char **why)
{
        _cleanup_selinux_store_ struct selinux_store store = { 0 };
        int r = selinux_store_read(sys, type, &store, why);
        if (r < 0 || !store.cut_off)
                return r;
        _cleanup_close_ int dir = sys_openat(sys, store.path, O_RDONLY | O_DIRECTORY, 0);
        if (dir < 0)
                return fail(why, dir, "%s: %s", store.path, error_text(-dir));
        if (renameat2(dir, store.part, dir, "active", RENAME_NOREPLACE) < 0 || fsync(dir) < 0)
                return fail(why, -errno, "%s: cannot make %s the active store: %s", store.path,
                            store.part, error_text(errno));
        return 0;
}

int selinux_heal(const struct sys *sys, const char *type, char **why)
{
        _cleanup_selinux_store_ struct selinux_store store = { 0 };
        int r = selinux_store_read(sys, type, &store, why);
        if (r < 0 || !store.path || !store.cut_off)
                return r;
        _cleanup_close_ int writer = store_lock(sys, store.path, STORE_TRANS_LOCK, why);
        if (writer < 0)
                return writer;
        _cleanup_close_ int readers = store_lock(sys, store.path, STORE_READ_LOCK, why);
        if (readers < 0)
                return readers;
        return heal_locked(sys, type, why);
}

struct job {
        const struct sys *sys;
        const struct semanage_plugin *plugin;
        const struct selinux_change *change;
        struct stat root; /* of another root */
};

/* The host's library and programs on the root's /etc and /var, behind the door. */
static int in_child(void *data, int fd)
{
        static const struct door door = { .profile = DOOR_TRANSACTION, .tools = true };
        const struct job *job = data;
        _cleanup_free_ char *why = NULL;
        int r = !door_needed(job->sys) ? 0 : door_enter(job->sys, &job->root, &door, NULL, &why);
        if (r < 0) {
                dprintf(fd, "msg %s\n", why ? why : error_text(-r));
                return -r;
        }
        return job->plugin->run(NULL, job->change, fd);
}

/* "Failed to resolve allow statement at .../tmp/modules/400/NAME/cil:7": the module it names, its
 * priority, and the line ("... at line 7 of ..." where the path has none); false: none. */
static bool culprit_of(const char *said, unsigned long *priority, char **name, unsigned long *line)
{
        const char *path = strstr(said, "/tmp/modules/"), *word = strstr(said, " line ");
        if (!path)
                return false;
        char *at;
        *priority = strtoul(path + strlen("/tmp/modules/"), &at, 10);
        if (*at != '/')
                return false;
        *name = xstrndup(at + 1, strcspn(at + 1, "/"));
        const char *colon = strchr(at, ':');
        *line = colon ? strtoul(colon + 1, NULL, 10) : 0;
        if (*line == 0 && word)
                *line = strtoul(word + strlen(" line "), NULL, 10);
        return true;
}

/* A neverallow of somebody else that our own module breaks: "neverallow check failed at .../400/NAME/cil:1",
 * the statement below it, and "allow at .../200/OURS/cil:3" where it is ours. */
static int told_neverallow(const char *said, const char *failed,
                           const struct selinux_change *change, char **why)
{
        _cleanup_free_ char *name = NULL;
        _cleanup_free_ char *ours = xasprintf("/tmp/modules/%u/%s/", change->priority,
                                              change->name ? change->name : "");
        const char *next = strchr(said, '\n'),
                   *statement = next ? strstr(next, "(neverallow") : NULL;
        unsigned long priority, at;
        if (!strstr(failed, "neverallow check failed") || change->op != SELINUX_INSTALL ||
            !culprit_of(failed, &priority, &name, &at) || !strstr(said, ours))
                return 0;
        return fail(why, -EKEYREJECTED,
                    "the module %s at priority %lu, line %lu, forbids what our module allows: %.*s",
                    name, priority, at, statement ? (int)strcspn(statement, "\n") : 10,
                    statement ? statement : "neverallow");
}

static int told_broken(const char *said, const struct selinux_change *change, char **why)
{
        unsigned long priority, at;
        for (const char *line = said; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                _cleanup_free_ char *text = xstrndup(line, strcspn(line, "\n"));
                _cleanup_free_ char *name = NULL;
                int never = startswith(text, "cil ") ? told_neverallow(line, text, change, why) : 0;
                if (never < 0)
                        return never;
                if (!startswith(text, "cil ") || !culprit_of(text, &priority, &name, &at))
                        continue;
                if (change->name && streq(name, change->name) && change->op == SELINUX_INSTALL)
                        return fail(why, -EINVAL, "the module %s does not fit this policy: %s",
                                    name, text + 4);
                return fail(why, -EBADMSG,
                            "the policy store does not build because of the module "
                            "%s at priority %lu, line %lu: %s",
                            name, priority, at, text + 4);
        }
        return fail(why, -EBADMSG, "the policy store does not build: %.*s",
                    (int)strcspn(said, "\n"), said);
}

/* libsemanage runs these of this machine, whatever root it works on, and says of one that is not
 * there only that it "returned error code 1". The paths are its own defaults. */
static const char *missing_program(const char *said)
{
        static const char *const programs[] = { "/sbin/setfiles", "/usr/sbin/sefcontext_compile" };
        for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
                if (startswith(said, strrchr(programs[i], '/') + 1) &&
                    access(programs[i], X_OK) < 0)
                        return programs[i];
        return NULL;
}

static int told(const struct run_result *result, const struct selinux_change *change, char **why)
{
        if (result->status == 0)
                return 0;
        if (result->status < 0)
                return fail(why, -EIO, "signal %d ended the change of the policy store",
                            result->signal);
        if (result->status == EBADMSG)
                return told_broken(result->out, change, why);
        const char *said =
                startswith(result->out, "msg ") ? result->out + 4 : _("libsemanage failed");
        const char *program = missing_program(said);
        if (program)
                return fail(why, -ENOPKG,
                            "the policy store of %s: libsemanage needs %s, which is not installed "
                            "here (package policycoreutils or selinux-utils)",
                            change->type, program);
        return fail(why, -result->status, "the policy store of %s: %.*s (%s)", change->type,
                    (int)strcspn(said, "\n"), said, error_text(result->status));
}

/* A library takes paths: none of those it will write may lead out of the root. */
static int stays_inside(const struct sys *sys, const char *store, const char *type, char **why)
{
        _cleanup_free_ char *policy = xasprintf("/etc/selinux/%s/policy", type);
        _cleanup_free_ char *files = xasprintf("/etc/selinux/%s/contexts/files", type);
        _cleanup_free_ char *modules = xasprintf("%s/active/modules", store);
        _cleanup_free_ char *final = xasprintf("%s/../final/%s", store, type);
        const char *const paths[] = { modules, policy, files, final, SEMANAGE_CONF };
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
                _cleanup_free_ char *path = NULL;
                int r = sys_host_path(sys, paths[i], &path, why);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* libsemanage does not say that the disk was full: what is free now is told instead. */
static int told_free(const struct sys *sys, const char *store, const char *said, char **why)
{
        struct statvfs fs;
        _cleanup_close_ int fd = sys_openat(sys, store, O_RDONLY | O_DIRECTORY, 0);
        if (fd < 0 || fstatvfs(fd, &fs) < 0)
                return fail(why, -EIO, "%s", said);
        return fail(why, -EIO, "%s; %llu MiB are free there", said,
                    (unsigned long long)fs.f_bavail * fs.f_frsize >> 20);
}

static int attempt(const struct sys *sys, const char *store, const struct job *job, char **why)
{
        int lock = store_lock(sys, store, STORE_TRANS_LOCK, why);
        if (lock < 0)
                return lock;
        close(lock);
        struct run_child child = { .fn = in_child, .data = (void *)(uintptr_t)job };
        _cleanup_run_result_ struct run_result result = { 0 };
        int r = run_child(&child, &result);
        if (r < 0)
                return fail(why, r, "cannot start the change of the policy store: %s",
                            error_text(-r));
        _cleanup_free_ char *said = NULL;
        r = told(&result, job->change, &said);
        if (r == -EIO)
                return told_free(sys, store, said, why);
        return r < 0 ? fail(why, r, "%s", said) : 0;
}

int selinux_change(const struct sys *sys, const struct selinux_change *change,
                   const struct progress *progress, char **why)
{
        struct job job = { .sys = sys, .change = change };
        int r = selinux_heal(sys, change->type, why);
        if (r < 0)
                return r;
        _cleanup_free_ char *store = store_find(sys, change->type);
        if (!store)
                return fail(why, -ENOENT, "no policy store of type %s", change->type);
        r = semanage_conf_harmless(sys, why);
        if (r == 0)
                r = stays_inside(sys, store, change->type, why);
        if (r == 0)
                r = plugin_open("semanage", SEMANAGE_SYMBOL, (const void **)&job.plugin, why);
        if (r == 0 && stat(sys->root, &job.root) < 0)
                r = fail(why, -errno, "%s: %m", sys->root);
        if (r < 0)
                return r;
        progress_tell(progress, _("building the policy"), -1);
        struct wait wait = { 0 };
        for (;;) { /* libsemanage itself gives up after 5 s */
                _cleanup_free_ char *reason = NULL;
                r = attempt(sys, store, &job, &reason);
                if (r == -EAGAIN &&
                    wait_pause(sys, &wait, _("the SELinux policy store"), 1, NULL) == 0)
                        continue;
                return r < 0 ? fail(why, r, "%s", reason) : 0;
        }
}

int selinux_load(const struct sys *sys, char **why)
{
        if (!sys->live)
                return fail(why, -EOPNOTSUPP,
                            "the policy of a root that is not running cannot be "
                            "loaded");
        if (selinux_mkload_policy(0) < 0)
                return fail(why, errno ? -errno : -EIO, "the kernel did not take the policy: %s",
                            error_text(errno));
        return 0;
}
