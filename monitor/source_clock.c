/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes no event: free memory and disk, accounts of a name service, quiet minutes, a process that
 * began, and that a look which could not tell could now. The one timer of an idle daemon: the watchdog is
 * told here, too, for a timer of its own would be a wake-up of its own. */
#include <systemd/sd-daemon.h>

#include "monitor/source.h"

#define MINUTE_USEC ((uint64_t)60 * 1000000)
#define MINUTES_OF_FULL_LOOK 60
#define EACH_MINUTE (LOOK(5) | LOOK(6) | LOOK(7) | LOOK(18))

struct clock {
        struct monitor *m;
        unsigned minutes;
};

static int on_minute(sd_event_source *timer, uint64_t usec, void *data)
{
        struct clock *clock = data;
        bool full = ++clock->minutes % MINUTES_OF_FULL_LOOK == 0;
        (void)usec;
        (void)sd_notify(0, "WATCHDOG=1");
        if (clock->m->blind)
                source_files_again();
        source_unit_again();
        source_processes_look();
        monitor_look(clock->m,
                     full ? LOOK_ALL
                          : EACH_MINUTE | clock->m->blind |
                                     monitor_untold(clock->m)); /* no wake-up for a debounce */
        (void)sd_event_source_set_time_relative(timer, MINUTE_USEC);
        return sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

int source_clock(struct monitor *m)
{
        struct clock *clock = xcalloc(1, sizeof(*clock));
        sd_event_source *timer = NULL;
        clock->m = m;
        int r = sd_event_add_time_relative(m->loop, &timer, CLOCK_MONOTONIC, MINUTE_USEC, 5000000,
                                           on_minute, clock);
        if (r < 0)
                return free(clock), r;
        (void)sd_event_source_set_destroy_callback(timer, free);
        (void)sd_event_source_set_floating(timer, true);
        sd_event_source_unref(timer);
        return 0;
}
