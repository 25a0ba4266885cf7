/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sum of a screen, and the commands that come next. */
#include "lib/i18n.h"
#include "lib/shell.h"
#include "repair/screen.h"

/* --- commands --- */

static void add(char **command, const char *word)
{
        _cleanup_free_ char *old = *command, *quoted = word ? shell_word(word) : NULL;
        *command = old && quoted ? xasprintf("%s%s%s", old, *old ? " " : "", quoted) : NULL;
}

static void add_value(char **command, const char *option, const char *value)
{
        if (!value)
                return;
        add(command, option);
        add(command, value);
}

char *screen_command(const struct options *o, const char *ids, const char *last)
{
        char *command = xstrdup("secep-repair");
        if (!streq(o->root, "/"))
                add_value(&command, "--root", o->root);
        if (ids) {
                add_value(&command, "--kernel", o->release);
                for (const char *const *word = o->allowed; *word; word++)
                        add_value(&command, "--allow", *word);
                add_value(&command, "--offline", o->offline_dir);
                add_value(&command, "--offline-sums", o->offline_sums);
                add_value(&command, "--module-source", o->module_source);
                add_value(&command, "--fault", ids);
        }
        if (last && command) {
                _cleanup_free_ char *old = command;
                command = xasprintf("%s %s", old, last);
        }
        return command;
}

static const struct outcome *outcome_of(const struct report *report, int id)
{
        for (size_t i = 0; i < report->n; i++)
                if (report->outcomes[i].fault->id == id)
                        return &report->outcomes[i];
        return NULL;
}

static void add_id(char **list, int id)
{
        _cleanup_free_ char *old = *list;
        *list = xasprintf("%s%s%d", old ? old : "", old ? "," : "", id);
}

/* "5,11": those of REPORT that a repair may end, NULL: none. A fault whose repair begins with another one's, that
 * was not asked about, brings it along; where that one is for a person there is no repair of it. */
static char *to_repair(const struct report *report)
{
        char *list = NULL;
        int brought = 0;
        for (size_t i = 0; i < report->n; i++) {
                const struct finding *f = &report->outcomes[i].after;
                const struct outcome *first = f->needs ? outcome_of(report, f->needs) : NULL;
                if (f->verdict != VERDICT_FAULT || (first && first->after.verdict != VERDICT_FAULT))
                        continue;
                if (f->needs && !first && f->needs != brought)
                        add_id(&list, brought = f->needs);
                add_id(&list, report->outcomes[i].fault->id);
        }
        return list;
}

void screen_print_command(const struct screen *s, const char *label, const char *ids,
                          const char *last)
{
        _cleanup_free_ char *command = screen_command(s->options, ids, last);
        if (command)
                layout_command(&s->l, SCREEN_INDENT, label, command);
}

/* After a check the plan comes next, after a plan the repair. */
static void print_next(const struct screen *s, const struct report *report)
{
        _cleanup_free_ char *ids = to_repair(report);
        enum action action = s->options->action;
        if (!ids || action == ACTION_REPAIR || action == ACTION_REHEARSE)
                return;
        if (action != ACTION_PLAN)
                screen_print_command(s, _("see the steps:"), ids, "--plan");
        screen_print_command(s, _("repair:       "), ids, NULL);
}

/* --- the sum --- */

enum { SUM_CLEARED, SUM_FAULT, SUM_BLOCKED, SUM_UNKNOWN, SUM_NOT_ASKED, SUM_OK, SUM_NA, SUMS };

static int sum_of(const struct outcome *o)
{
        static const int of_verdict[] = {
                [VERDICT_UNKNOWN] = SUM_UNKNOWN,   [VERDICT_OK] = SUM_OK,
                [VERDICT_FAULT] = SUM_FAULT,       [VERDICT_BLOCKED] = SUM_BLOCKED,
                [VERDICT_NOT_APPLICABLE] = SUM_NA, [VERDICT_NOT_ASKED] = SUM_NOT_ASKED,
        };
        if (o->repaired && o->after.verdict == VERDICT_OK)
                return SUM_CLEARED;
        return of_verdict[o->after.verdict];
}

static const char *sum_format(int sum, bool after, int n)
{
        switch (sum) {
        case SUM_CLEARED:
                return i18n_plural("%d fault cleared", "%d faults cleared", n);
        case SUM_FAULT:
                return after ? i18n_plural("%d fault left", "%d faults left", n)
                             : i18n_plural("%d fault to repair", "%d faults to repair", n);
        case SUM_BLOCKED:
                return i18n_plural("%d for you", "%d for you", n);
        case SUM_UNKNOWN:
                return i18n_plural("%d unknown", "%d unknown", n);
        case SUM_NOT_ASKED:
                return i18n_plural("%d not asked", "%d not asked", n);
        case SUM_OK:
                return i18n_plural("%d ok", "%d ok", n);
        default:
                return i18n_plural("%d n/a", "%d n/a", n);
        }
}

static char *sum_text(const struct screen *s, const struct report *report)
{
        int counts[SUMS] = { 0 };
        bool after = s->options &&
                     (s->options->action == ACTION_REPAIR || s->options->action == ACTION_REHEARSE);
        char *text = xstrdup("");
        for (size_t i = 0; i < report->n; i++)
                counts[sum_of(&report->outcomes[i])]++;
        for (int i = 0; i < SUMS; i++) {
                if (counts[i] == 0)
                        continue;
                _cleanup_free_ char *old = text, *part = NULL;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                part = xasprintf(sum_format(i, after, counts[i]), counts[i]);
#pragma GCC diagnostic pop
                text = xasprintf("%s%s%s", old, *old ? ", " : "", part);
        }
        return text;
}

void screen_sum(const struct screen *s, const struct report *report)
{
        _cleanup_free_ char *text = sum_text(s, report);
        fputc('\n', s->l.to);
        layout_text(&s->l, 0, SCREEN_INDENT, STYLE_BOLD, text);
        if (s->options)
                print_next(s, report);
}
