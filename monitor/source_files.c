/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inotify over the directories of files.c. For each of them its parents are watched too, so that what is
 * missing is seen when it comes. When directories come or go, a whole new set of watches is made before the
 * old one is let go: nothing falls between, and there is only one way to build a set. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/inotify.h>

#include "monitor/files.h"
#include "monitor/source.h"
#include "monitor/say.h"

#define CHANGES                                                                                    \
        (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB |        \
         IN_DELETE_SELF | IN_MOVE_SELF)

/* One directory watched for one rule; a parent of the rule's directory has NEXT. */
struct watch {
        int wd;
        const struct file_rule *rule;
        char *next;     /* the name in it that leads on, NULL: of the rule itself */
        unsigned below; /* levels of directories watched below it */
};

struct files {
        struct monitor *m;
        int fd; /* owned by IO */
        sd_event_source *io, *rebuild;
        struct file_rule *rules; /* of these watches */
        struct watch *watches;
        size_t n_rules, n;
        bool short_said; /* that not everything is watched */
};

static struct files *running;

static void watches_free(struct watch *watches, size_t n)
{
        for (size_t i = 0; i < n; i++)
                free(watches[i].next);
        free(watches);
}

static void limit_reached(struct files *f, const struct file_rule *rule, int error)
{
        f->m->blind |= rule->faults;
        if (!f->short_said)
                monitor_say("%s: not watched (%s; fs.inotify.max_user_watches and "
                            "max_user_instances): its faults are looked at each minute",
                            rule->path, error_text(error));
        f->short_said = true;
}

static int watch_add(struct files *f, int dir, const struct file_rule *rule, const char *next,
                     unsigned below)
{
        char path[64];
        uint32_t mask = CHANGES | (rule->flags & RULE_APPENDED && !next ? IN_MODIFY : 0);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
        int wd = f->n < WATCHES_MAX
                         ? inotify_add_watch(f->fd, path, mask | IN_ONLYDIR | IN_MASK_ADD)
                         : (errno = ENOSPC, -1);
        if (wd < 0) {
                if (errno == ENOSPC || errno == ENOMEM)
                        limit_reached(f, rule, errno);
                return -errno;
        }
        f->watches = xreallocarray(f->watches, f->n + 1, sizeof(*f->watches));
        f->watches[f->n++] = (struct watch){ wd, rule, next ? xstrdup(next) : NULL, below };
        return 0;
}

static int open_dir(struct files *f, const char *path, const struct file_rule *rule)
{
        return rule->flags & RULE_LINKS
                       ? sys_openat(f->m->sys, path, O_PATH | O_DIRECTORY, 0)
                       : sys_openat_nolinks(f->m->sys, path, O_PATH | O_DIRECTORY, 0);
}

static void watch_below(struct files *f, const char *path, const struct file_rule *rule,
                        unsigned depth)
{
        _cleanup_close_ int at = open_dir(f, path, rule);
        _cleanup_closedir_ DIR *dir = NULL;
        if (at < 0 || watch_add(f, at, rule, NULL, depth) < 0 || depth == 0)
                return;
        int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        dir = fd < 0 ? NULL : fdopendir(fd);
        for (struct dirent *e; dir && (e = readdir(dir));) {
                if (e->d_name[0] == '.' && (!e->d_name[1] || streq(e->d_name, "..")))
                        continue;
                if (e->d_type != DT_DIR && e->d_type != DT_UNKNOWN)
                        continue;
                _cleanup_free_ char *name = xasprintf("%s/%s", path, e->d_name);
                watch_below(f, name, rule, depth - 1);
        }
}

static void watch_rule(struct files *f, const struct file_rule *rule)
{
        const char *path = rule->path;
        for (const char *slash = path; slash; slash = strchr(slash + 1, '/')) {
                _cleanup_free_ char *next = xstrndup(slash + 1, strcspn(slash + 1, "/"));
                _cleanup_free_ char *parent =
                        slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
                _cleanup_close_ int at = open_dir(f, parent, rule);
                if (at < 0)
                        return;
                (void)watch_add(f, at, rule, next, 0);
        }
        watch_below(f, path, rule, rule->depth);
}

static int on_events(sd_event_source *source, int fd, uint32_t events, void *data);

static int watches_renew(struct files *f)
{
        int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (fd < 0)
                return -errno;
        struct watch *old = f->watches;
        struct file_rule *old_rules = f->rules;
        size_t n_old = f->n, n_old_rules = f->n_rules;
        sd_event_source *io = NULL;
        int r = sd_event_add_io(f->m->loop, &io, fd, EPOLLIN, on_events, f);
        if (r < 0)
                return close(fd), r;
        (void)sd_event_source_set_io_fd_own(io, true);
        f->watches = NULL;
        f->n = 0;
        f->fd = fd;
        f->m->blind = 0;
        rules_make(f->m->sys, &f->rules, &f->n_rules);
        for (size_t i = 0; i < f->n_rules; i++)
                watch_rule(f, &f->rules[i]);
        sd_event_source_disable_unref(f->io);
        f->io = io;
        watches_free(old, n_old);
        rules_free(old_rules, n_old_rules);
        return 0;
}

static void rebuild(struct files *f)
{
        int r = watches_renew(f);
        if (r < 0) {
                f->m->blind = LOOK_ALL;
                if (!f->short_said)
                        monitor_say("file changes: %s: everything is looked at each minute",
                                    error_text(-r));
                f->short_said = true;
        }
        if (!f->m->blind && f->short_said) {
                monitor_say("file changes are all watched again");
                f->short_said = false;
        }
}

static void rebuild_soon(struct files *f)
{
        (void)sd_event_source_set_enabled(f->rebuild, SD_EVENT_ONESHOT);
}

/* What is to be watched may be elsewhere now. */
static void settings_read(struct files *f)
{
        struct file_rule *before, *now;
        size_t n_before, n;
        rules_make(f->m->sys, &before, &n_before);
        monitor_reload(f->m);
        rules_make(f->m->sys, &now, &n);
        if (!rules_same(before, n_before, now, n))
                rebuild_soon(f);
        source_unit_again();
        rules_free(before, n_before);
        rules_free(now, n);
}

static int on_rebuild(sd_event_source *source, void *data)
{
        struct files *f = data;
        unsigned of_rules = 0;
        (void)source;
        rebuild(f);
        for (size_t i = 0; i < f->n_rules; i++)
                of_rules |= f->rules[i].faults;
        settings_read(f);             /* secep.conf may have come with its directory */
        monitor_want(f->m, of_rules); /* what the old set had not been asked for yet */
        return 0;
}

static bool has_name(const char *names, const char *name)
{
        size_t n = strlen(name);
        if (names && streq(names, name))
                return true; /* of a place, which may have blanks in its name */
        for (const char *p = names; p && *p; p += strcspn(p, " "), p += strspn(p, " "))
                if (strcspn(p, " ") == n && memcmp(p, name, n) == 0)
                        return true;
        return names == NULL;
}

static void watch_hear(struct files *f, const struct watch *w, uint32_t mask, const char *name)
{
        bool came_or_went = mask & (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO);
        if (mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) {
                rebuild_soon(f);
        } else if (!*name) {
                monitor_want(f->m, w->rule->faults); /* its own mode */
        } else if (w->next) {
                if (!streq(w->next, name))
                        return;
                monitor_want(f->m, w->rule->faults);
                if (came_or_went)
                        rebuild_soon(f);
        } else if (has_name(w->rule->names, name)) {
                if (w->rule->flags & RULE_CONF)
                        settings_read(f);
                monitor_want(f->m, w->rule->faults);
                if (came_or_went && w->below > 0 && mask & IN_ISDIR)
                        rebuild_soon(f);
        }
}

static void event_hear(struct files *f, const struct inotify_event *e)
{
        if (e->mask & IN_Q_OVERFLOW) {
                rebuild_soon(f);
                monitor_want(f->m, LOOK_ALL);
                return;
        }
        for (size_t i = 0; i < f->n; i++)
                if (f->watches[i].wd == e->wd)
                        watch_hear(f, &f->watches[i], e->mask, e->len ? e->name : "");
}

static int on_events(sd_event_source *source, int fd, uint32_t events, void *data)
{
        struct files *f = data;
        _Alignas(struct inotify_event) char buf[16384];
        (void)source, (void)events;
        ssize_t n = read(fd, buf, sizeof(buf));
        for (char *p = buf; n > 0 && p < buf + n;) {
                const struct inotify_event *e = (const struct inotify_event *)(void *)p;
                event_hear(f, e);
                p += sizeof(*e) + e->len;
        }
        return 0;
}

void source_files_settings(struct monitor *m)
{
        if (running)
                settings_read(running);
        else
                monitor_reload(m);
}

void source_files_again(void)
{
        if (running)
                rebuild_soon(running);
}

static void files_free(void *data)
{
        struct files *f = data;
        running = NULL;
        sd_event_source_disable_unref(f->io);
        watches_free(f->watches, f->n);
        rules_free(f->rules, f->n_rules);
        free(f);
}

int source_files(struct monitor *m)
{
        struct files *f = xcalloc(1, sizeof(*f));
        f->m = m;
        int r = sd_event_add_defer(m->loop, &f->rebuild, on_rebuild, f);
        if (r < 0)
                return free(f), r;
        (void)sd_event_source_set_enabled(f->rebuild, SD_EVENT_OFF);
        (void)sd_event_source_set_destroy_callback(f->rebuild, files_free);
        (void)sd_event_source_set_floating(f->rebuild, true);
        sd_event_source_unref(f->rebuild);
        running = f;
        rebuild(f);
        return 0;
}
