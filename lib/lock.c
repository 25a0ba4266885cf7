/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The writers' lock. */
#include "lib/i18n.h"
#include "lib/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "lib/i18n.h"
#include "lib/io.h"
#include "lib/util.h"
#include "lib/wait.h"

#define LOCK_DIR "/var/lib/secep"
#define LOCK_PATH LOCK_DIR "/lock"
#define POLL_MS 50

static int note_holder(int fd)
{
        char since[32] = "";
        time_t now = time(NULL);
        struct tm tm;
        strftime(since, sizeof(since), "%FT%TZ", gmtime_r(&now, &tm));
        _cleanup_free_ char *text =
                xasprintf("%s (pid %d) since %s\n", program_invocation_short_name, getpid(), since);
        if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
                return -errno;
        return io_write_all(fd, text, strlen(text));
}

static char *holder(int fd)
{
        char text[256];
        ssize_t n = pread(fd, text, sizeof(text), 0);
        size_t len = n > 0 ? (size_t)n : 0;
        const char *eol = memchr(text, '\n', len);
        return len ? xstrndup(text, eol ? (size_t)(eol - text) : len) : xstrdup(_("another run"));
}

int lock_take(const struct sys *sys, char **why)
{
        int r = sys_mkdirs(sys, LOCK_DIR, 0700);
        if (r < 0)
                return fail(why, r, "%s: %s", LOCK_DIR, error_text(-r));
        _cleanup_close_ int fd =
                sys_openat_nolinks(sys, LOCK_PATH, O_RDWR | O_CREAT | O_NOCTTY, 0600);
        if (fd < 0)
                return fail(why, fd, "%s: %s", LOCK_PATH, sys_why(fd));
        struct wait wait = { 0 };
        while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
                if (errno != EWOULDBLOCK && errno != EINTR)
                        return fail(why, -errno, "%s: %s", LOCK_PATH, error_text(errno));
                _cleanup_free_ char *who = holder(fd);
                _cleanup_free_ char *what = xasprintf(_("the lock held by %s"), who);
                r = wait_pause(sys, &wait, what, POLL_MS, why);
                if (r < 0)
                        return fail(why, r, "the lock %s is held by %s", LOCK_PATH, who);
        }
        r = note_holder(fd);
        return r < 0 ? fail(why, r, "%s: %s", LOCK_PATH, error_text(-r)) : TAKE_FD(fd);
}
