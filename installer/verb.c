/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a verb complains. */
#include "installer/verb.h"

#include "faults/advice.h"
#include "lib/clean.h"
#include "lib/i18n.h"
#include "repair/outcome.h"
#include "repair/report.h"

int verb_complain(int status, const char *why)
{
        fputs("secep-installer: ", stderr);
        print_clean(why ? why : "failed", stderr);
        fputc('\n', stderr);
        return status;
}

int verb_usage(const struct verb *verb)
{
        fprintf(stderr, _("usage: secep-installer %s%s%s\n"), verb->name, *verb->usage ? " " : "",
                verb->usage);
        return EXIT_USAGE;
}

void verb_report(const struct sys *sys, struct report *report)
{
        struct screen screen;
        report_sort(report);
        for (size_t i = 0; i < report->n; i++)
                advice_ensure(sys, report->outcomes[i].fault, &report->outcomes[i].after);
        screen_open(&screen, stdout, sys, NULL);
        report_text(report, &screen);
        fflush(stdout);
}
