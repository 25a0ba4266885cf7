/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report for people. */
#include "lib/clean.h"
#include "repair/kind.h"
#include "repair/report.h"

#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define MAGENTA "\033[35m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

static const struct {
        const char *word, *colour;
} words[] = {
        [VERDICT_UNKNOWN] = { "could not tell", MAGENTA },
        [VERDICT_OK] = { "ok", GREEN },
        [VERDICT_FAULT] = { "FAULT", RED },
        [VERDICT_BLOCKED] = { "BLOCKED", YELLOW },
        [VERDICT_NOT_APPLICABLE] = { "not applicable", DIM },
        [VERDICT_NOT_ASKED] = { "not asked", DIM },
};

#define INDENT "                                      "

bool report_wants_colour(FILE *to)
{
        const char *no = getenv("NO_COLOR");
        return !(no && *no) && isatty(fileno(to));
}

static void print_evidence(const struct finding *f, FILE *to)
{
        for (size_t i = 0; i < f->n_evidence; i++) {
                const struct evidence *e = &f->evidence[i];
                fputs(INDENT, to);
                print_clean(e->what, to);
                fputs(": ", to);
                print_clean(e->found ? e->found : "nothing", to);
                if (e->expected) {
                        fputs(", expected ", to);
                        print_clean(e->expected, to);
                }
                fputc('\n', to);
        }
}

static void print_steps(const struct outcome *o, FILE *to)
{
        for (size_t i = 0; i < o->plan.n; i++) {
                const struct step *s = &o->plan.steps[i];
                _cleanup_free_ char *text = kind_say(s);
                fprintf(to, INDENT "%-13s ", step_state_name(o->results[i].state));
                print_clean(text, to);
                if (o->results[i].state == STATE_DONE)
                        fprintf(to, " (%.1f s)", o->results[i].seconds);
                fputc('\n', to);
        }
}

static void print_said(const char *said, FILE *to)
{
        fputs(INDENT "the connector says: ", to);
        print_clean(said, to);
        fputc('\n', to);
}

static bool is_left(const struct report *report, enum verdict verdict)
{
        return verdict == VERDICT_FAULT || verdict == VERDICT_BLOCKED ||
               verdict == VERDICT_UNKNOWN || (verdict == VERDICT_NOT_ASKED && !report->all);
}

static void print_outcome(const struct outcome *o, bool colour, bool verbose, FILE *to)
{
        const struct finding *f = &o->after;
        bool cleared = o->repaired && f->verdict == VERDICT_OK;
        fprintf(to, "%3d %-17s %s%-15s%s ", o->fault->id, o->fault->slug,
                colour ? words[f->verdict].colour : "",
                cleared ? "cleared" : words[f->verdict].word, colour ? PLAIN : "");
        if (f->cause)
                fprintf(to, "%s: ", f->cause);
        else if (cleared && o->before.cause)
                fprintf(to, "was %s: ", o->before.cause);
        print_clean(f->why ? f->why : "", to);
        fputc('\n', to);
        if (verbose || f->verdict == VERDICT_FAULT || f->verdict == VERDICT_BLOCKED)
                print_evidence(f, to);
        for (char **note = f->notes; note && *note; note++) {
                fputs(INDENT "note: ", to);
                print_clean(*note, to);
                fputc('\n', to);
        }
        if (f->do_text) {
                fputs(INDENT "do: ", to);
                print_clean(f->do_text, to);
                fputc('\n', to);
        }
        print_steps(o, to);
        if (o->connector_says)
                print_said(o->connector_says, to);
}

void report_text(const struct report *report, const struct report_style *style, FILE *to)
{
        for (size_t i = 0; i < report->n; i++)
                if (!style->quiet || is_left(report, report->outcomes[i].after.verdict))
                        print_outcome(&report->outcomes[i], style->colour, style->verbose, to);
        if (style->quiet)
                return;
        for (char **change = report->changes; change && *change; change++) {
                fputs(change == report->changes ? "would have changed:\n    " : "    ", to);
                print_clean(*change, to);
                fputc('\n', to);
        }
}
