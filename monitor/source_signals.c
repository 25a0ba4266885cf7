/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TERM and INT end it, HUP reads secep.conf again, HUP and USR1 look at everything. */
#include <errno.h>
#include <signal.h>

#include "monitor/source.h"

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
        struct monitor *m = data;
        (void)source;
        if (info->ssi_signo == SIGTERM || info->ssi_signo == SIGINT)
                return sd_event_exit(m->loop, 0);
        if (info->ssi_signo == SIGHUP)
                source_files_settings(m);
        if (m->blind)
                source_files_again();
        monitor_want(m, LOOK_ALL);
        return 0;
}

int source_signals(struct monitor *m)
{
        static const int wanted[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
        sigset_t set;
        sigemptyset(&set);
        for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
                sigaddset(&set, wanted[i]);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return -errno;
        for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
                int r = sd_event_add_signal(m->loop, NULL, wanted[i], on_signal, m);
                if (r < 0)
                        return r;
        }
        return 0;
}
