/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report for people. */
#include "lib/i18n.h"
#include "repair/report.h"
#include "repair/screen.h"

static void print_changes(const struct screen *s, const struct report *report)
{
        if (!report->changes || !*report->changes) {
                layout_text(&s->l, 0, SCREEN_INDENT, STYLE_PLAIN,
                            _("In the copy nothing changed."));
                return;
        }
        layout_text(&s->l, 0, SCREEN_INDENT, STYLE_PLAIN, _("What changed in the copy:"));
        for (char **change = report->changes; *change; change++)
                layout_text(&s->l, SCREEN_INDENT, 2 * SCREEN_INDENT, STYLE_PLAIN, *change);
}

void report_text(const struct report *report, const struct screen *s)
{
        int number = 0;
        for (size_t i = 0; i < report->n; i++)
                screen_outcome(s, report, &report->outcomes[i], &number);
        screen_closing(s, report, &number);
        if (s->quiet)
                return;
        screen_sum(s, report);
        if (report->rehearsal) {
                fputc('\n', s->l.to);
                print_changes(s, report);
                layout_text(&s->l, 0, 2, STYLE_BOLD, _("REHEARSAL: this machine was not changed."));
        }
}
