/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue's writing end, for hooks. */
#include "installer/queue.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <syslog.h>

#include "lib/clean.h"
#include "lib/i18n.h"
#include "lib/util.h"

#define JOURNAL "/dev/log"
#define SYSTEMD_RUNS "/run/systemd/system" /* sd_booted(3) */
#define OSTREE_BOOTED "/run/ostree-booted"

int queue_note(const struct sys *sys, const char *name, char **why)
{
        _cleanup_free_ char *path = xasprintf("%s/%s", QUEUE_NEW, name);
        if (!*name || *name == '.' || strchr(name, '/'))
                return fail(why, -EINVAL, "%s: not the name of a note", name);
        int r = sys_mkdirs(sys, QUEUE_NEW, 0700);
        if (r < 0)
                return fail(why, r, "%s: %s", QUEUE_NEW, error_text(-r));
        int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
        _cleanup_close_ int new = sys_openat_nolinks(sys, path, flags | O_EXCL, 0644);
        if (new >= 0)
                return 1;
        _cleanup_close_ int old = sys_openat_nolinks(sys, path, flags, 0644);
        return old < 0 ? fail(why, old, "%s: %s", path, error_text(-old)) : 0;
}

int queue_list(const struct sys *sys, const char *dir, char ***out)
{
        _cleanup_closedir_ DIR *d = NULL;
        char **names = NULL;
        int r = sys_opendir(sys, dir, &d);
        if (r < 0 && r != -ENOENT)
                return r;
        for (struct dirent *e; r == 0 && (e = readdir(d));)
                if (e->d_name[0] != '.')
                        strv_add(&names, e->d_name);
        *out = names;
        return 0;
}

/* syslog(3) would wait for a journal that hangs. */
static void journal_line(const char *line)
{
        struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = JOURNAL };
        _cleanup_free_ char *text = xasprintf("<%d>secep-installer[%d]: %s",
                                              LOG_DAEMON | LOG_NOTICE, (int)getpid(), line);
        _cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd >= 0)
                (void)sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&to,
                             sizeof(to));
}

void queue_say(const struct sys *sys, bool loud, const char *line)
{
        _cleanup_free_ char *clean = text_clean(line);
        if (sys->live)
                journal_line(clean);
        if (loud)
                fprintf(stderr, "secep-installer: %s\n", clean);
}

bool queue_is_image(const struct sys *sys)
{
        struct statvfs fs;
        _cleanup_close_ int fd = sys_openat(sys, "/usr", O_PATH | O_DIRECTORY, 0);
        return sys_exists(sys, OSTREE_BOOTED) ||
               (fd >= 0 && fstatvfs(fd, &fs) == 0 && (fs.f_flag & ST_RDONLY));
}

const char *queue_left_to_do(const struct sys *sys)
{
        if (queue_is_image(sys))
                return N_("the image's recipe has to run: systemd-tmpfiles --create && "
                          "secep-repair --all --timeout 600");
        if (!sys_exists(sys, SYSTEMD_RUNS))
                return N_("no systemd runs here: it is done after the next boot, or by "
                          "secep-installer run-pending");
        return NULL;
}
