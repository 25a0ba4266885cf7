/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One more look. */
#include "monitor/later.h"

struct later {
        struct monitor *m;
        unsigned faults;
};

static int on_later(sd_event_source *timer, uint64_t usec, void *data)
{
        struct later *later = data;
        (void)usec;
        monitor_want(later->m, later->faults);
        return sd_event_source_set_floating(timer,
                                            false); /* the loop lets go of it, and of LATER */
}

void look_later(struct monitor *m, unsigned faults_wanted, unsigned ms)
{
        struct later *later = xcalloc(1, sizeof(*later));
        sd_event_source *timer = NULL;
        *later = (struct later){ m, faults_wanted };
        if (sd_event_add_time_relative(m->loop, &timer, CLOCK_MONOTONIC, (uint64_t)ms * 1000, 1000,
                                       on_later, later) < 0) {
                free(later);
                return;
        }
        (void)sd_event_source_set_destroy_callback(timer, free);
        (void)sd_event_source_set_floating(timer, true);
        sd_event_source_unref(timer);
}
