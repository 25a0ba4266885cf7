/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting. */
#include "lib/i18n.h"
#include "lib/wait.h"

#include <errno.h>
#include <poll.h>

#include "lib/i18n.h"
#include "lib/stop.h"
#include "lib/util.h"

static struct {
        void (*tell)(void *data, const char *note);
        void *data;
} watcher;

void wait_told_by(void (*tell)(void *data, const char *note), void *data)
{
        watcher.tell = tell;
        watcher.data = data;
}

void wait_note(const struct sys *sys, struct wait *wait, const char *what)
{
        int64_t left = sys_time_left(sys);
        if (wait->begun == 0)
                wait->begun = now_ms();
        if (wait->told || !watcher.tell || now_ms() - wait->begun < WAIT_NOTE_MS)
                return;
        _cleanup_free_ char *text = xasprintf(_("waiting for %s, %lld s at most"), what,
                                              (long long)(left + 999) / 1000);
        watcher.tell(watcher.data, text);
        wait->told = true;
}

int wait_pause(const struct sys *sys, struct wait *wait, const char *what, int ms, char **why)
{
        int64_t left = sys_time_left(sys);
        if (!stop_asked() && left > 0) {
                wait_note(sys, wait, what);
                (void)poll(NULL, 0, left < ms ? (int)left : ms); /* a signal ends it */
        }
        if (stop_asked())
                return fail(why, -EINTR, "interrupted while waiting for %s", what);
        return left > 0 ? 0 : -EAGAIN;
}
