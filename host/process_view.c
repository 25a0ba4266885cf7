/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One walk of /proc. */
#include "host/process_view.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>

#include "lib/util.h"

/* What E's process executes; false: it has no program, or is gone. */
static bool entry_read(int proc_fd, const char *pid, struct process_entry *out)
{
        char path[32], text[PATH_MAX];
        (void)snprintf(path, sizeof(path), "%s/exe", pid);
        ssize_t len = readlinkat(proc_fd, path, text, sizeof(text));
        if (len < 0 && errno != EACCES && errno != EPERM)
                return false;
        *out = (struct process_entry){ .program = len < 0 ? NULL : xstrndup(text, (size_t)len) };
        (void)snprintf(out->pid, sizeof(out->pid), "%s", pid);
        return true;
}

int process_view_read(const struct sys *sys, struct process_view *out)
{
        _cleanup_closedir_ DIR *dir = NULL;
        struct process_view view = { 0 };
        size_t room = 0;
        int r = sys_opendir(sys, "/proc", &dir);
        if (r < 0)
                return r;
        for (struct dirent *e; (e = readdir(dir));) {
                if (!isdigit((unsigned char)*e->d_name) ||
                    strlen(e->d_name) >= sizeof(view.all->pid))
                        continue;
                if (view.n == room) {
                        room = room ? 2 * room : 128;
                        view.all = xreallocarray(view.all, room, sizeof(*view.all));
                }
                view.n += entry_read(dirfd(dir), e->d_name, &view.all[view.n]);
        }
        *out = view;
        return 0;
}

void process_view_free(struct process_view *view)
{
        for (size_t i = 0; i < view->n; i++)
                free(view->all[i].program);
        free(view->all);
        *view = (struct process_view){ 0 };
}

static struct process_view held;
static enum { HOLD_NONE, HOLD_ASKED, HOLD_WALKED } hold;

void process_hold(void)
{
        process_drop();
        hold = HOLD_ASKED;
}

void process_drop(void)
{
        process_view_free(&held);
        hold = HOLD_NONE;
}

int process_view_now(const struct sys *sys, struct process_view *own,
                     const struct process_view **out)
{
        struct process_view *view = hold == HOLD_NONE ? own : &held;
        int r = hold == HOLD_WALKED ? 0 : process_view_read(sys, view);
        if (r < 0)
                return r;
        if (hold == HOLD_ASKED)
                hold = HOLD_WALKED;
        *out = view;
        return 0;
}
