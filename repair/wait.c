/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Following the monitor. */
#include "repair/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>

#include "lib/i18n.h"
#include "lib/json.h"
#include "lib/stop.h"
#include "repair/apply.h"

#define STEP_MS 500 /* a signal is answered, and a daemon that died is seen, that soon */

void wait_faults(const struct report *report, int *ids)
{
        size_t n = 0;
        for (size_t i = 0; i < report->n; i++)
                if (report->outcomes[i].repaired && report->outcomes[i].after.verdict == VERDICT_OK)
                        ids[n++] = report->outcomes[i].fault->id;
        ids[n] = 0;
}

/* Who holds the lock; 0: nobody, negative: in another pid namespace. */
static pid_t holder(const struct sys *sys, bool *held)
{
        _cleanup_close_ int fd = sys_openat_nolinks(sys, MONITOR_LOCK, O_RDONLY, 0);
        struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
        *held = fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
        return *held ? lock.l_pid : 0;
}

bool monitor_lives(const struct sys *sys)
{
        bool held;
        (void)holder(sys, &held);
        return held;
}

int monitor_ask_look(const struct sys *sys)
{
        bool held;
        pid_t pid = holder(sys, &held);
        return pid <= 1 ? -ESRCH : kill(pid, SIGUSR1) < 0 ? -errno : 0;
}

int monitor_says_cleared(const char *text, int id)
{
        _cleanup_json_ json_t *root = json_loads(text, 0, NULL);
        size_t i;
        json_t *fault;
        json_array_foreach(json_object_get(root, "faults"), i, fault)
        {
                const char *condition = json_text(fault, "condition");
                if (condition && json_integer_value(json_object_get(fault, "id")) == id)
                        return streq(condition, "cleared");
        }
        return -EBADMSG;
}

/* 1: all cleared; 0: *LEFT is not; -EBADMSG. */
static int all_cleared(const struct sys *sys, const int *ids, int *left)
{
        _cleanup_free_ char *text = NULL;
        int r = sys_read_nolinks(sys, MONITOR_SNAPSHOT, MONITOR_SNAPSHOT_MAX, &text, NULL);
        for (; r >= 0 && *ids; ids++) {
                *left = *ids;
                r = monitor_says_cleared(text, *ids);
                if (r <= 0)
                        return r;
        }
        return r < 0 ? r : 1;
}

int monitor_follow(const struct sys *sys)
{
        _cleanup_close_ int dir = sys_openat_nolinks(sys, MONITOR_RUN_DIR, O_PATH | O_DIRECTORY, 0);
        _cleanup_free_ char *path = xasprintf("/proc/self/fd/%d", dir);
        int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (fd >= 0)
                (void)inotify_add_watch(fd, path, IN_MOVED_TO); /* else it is looked at each step */
        return fd;
}

void monitor_await(int fd, int ms)
{
        char buf[4096];
        struct pollfd p = { .fd = fd, .events = POLLIN };
        (void)poll(&p, 1, ms);
        while (fd >= 0 && read(fd, buf, sizeof(buf)) > 0)
                ;
}

int wait_cleared(const struct sys *sys, const int *ids, long seconds, char **why)
{
        int64_t end = now_ms() + (int64_t)seconds * 1000;
        int left = 0;
        _cleanup_close_ int fd = monitor_follow(sys);
        for (;; monitor_await(fd, STEP_MS)) {
                if (!monitor_lives(sys))
                        return (void)fail(why, -ESRCH,
                                          _("no secep-monitord runs to be waited for")),
                               EXIT_COULD_NOT_TELL;
                int r = all_cleared(sys, ids, &left);
                if (r > 0)
                        return EXIT_NO_FAULT_LEFT;
                if (now_ms() < end && !stop_asked())
                        continue;
                (void)fail(why, r, _("the monitor does not say that fault %d is cleared"), left);
                return r < 0 ? EXIT_COULD_NOT_TELL : EXIT_FAULT_LEFT;
        }
}
