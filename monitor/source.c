/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of event sources. */
#include "monitor/source.h"

#include "monitor/say.h"

static const struct source_kind sources[] = {
        { "file changes", source_files },      { "kernel modules", source_modules },
        { "SELinux notices", source_selinux }, { "processes", source_processes },
        { "the unit's state", source_unit },   { "timers", source_clock },
        { "signals", source_signals },
};

void sources_start(struct monitor *m)
{
        for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
                int r = sources[i].start(m);
                if (r < 0)
                        monitor_say("no events of %s (%s): looked at each hour", sources[i].name,
                                    error_text(-r));
        }
}
