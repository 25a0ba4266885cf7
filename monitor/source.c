/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of event sources. */
#include "monitor/source.h"

#include "lib/i18n.h"
#include "monitor/say.h"

static const struct source_kind sources[] = {
        { N_("file changes"), source_files },      { N_("kernel modules"), source_modules },
        { N_("SELinux notices"), source_selinux }, { N_("processes"), source_processes },
        { N_("the unit's state"), source_unit },   { N_("timers"), source_clock },
        { N_("signals"), source_signals },
};

void sources_start(struct monitor *m)
{
        for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
                int r = sources[i].start(m);
                if (r < 0)
                        monitor_say("no events of %s (%s): looked at each hour", _(sources[i].name),
                                    error_text(-r));
        }
}
