/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row a fault, and what belongs below it. */
#include "lib/clean.h"
#include "lib/i18n.h"
#include "repair/kind.h"
#include "repair/screen.h"

static const struct {
        const char *word;
        enum layout_style style;
} words[] = {
        [VERDICT_UNKNOWN] = { N_("UNKNOWN"), STYLE_ODD },
        [VERDICT_OK] = { N_("ok"), STYLE_GOOD },
        [VERDICT_FAULT] = { N_("FAULT"), STYLE_BAD },
        [VERDICT_BLOCKED] = { N_("BLOCKED"), STYLE_WARN },
        [VERDICT_NOT_APPLICABLE] = { N_("n/a"), STYLE_FAINT },
        [VERDICT_NOT_ASKED] = { "?", STYLE_FAINT },
};

/* Columns of the longest word for a verdict in this language. */
static int verdict_columns(void)
{
        int most = layout_columns(_("cleared"));
        for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
                int columns = layout_columns(_(words[i].word));
                most = columns > most ? columns : most;
        }
        return most;
}

struct layout_cell screen_verdict(enum verdict verdict)
{
        return (struct layout_cell){ _(words[verdict].word), verdict_columns(),
                                     words[verdict].style };
}

int screen_hang(const struct screen *s)
{
        int column = SCREEN_STEP + verdict_columns() + 2;
        return s->l.width - column >= LAYOUT_ROOM ? column : 2 * SCREEN_INDENT;
}

bool screen_is_left(const struct report *report, enum verdict verdict)
{
        return verdict == VERDICT_FAULT || verdict == VERDICT_BLOCKED ||
               verdict == VERDICT_UNKNOWN || (verdict == VERDICT_NOT_ASKED && !report->all);
}

static void below(const struct screen *s, enum layout_style style, const char *text)
{
        layout_text(&s->l, screen_hang(s), screen_hang(s), style, text);
}

/* The outcome above O that says the same. */
static const struct outcome *said_above(const struct report *report, const struct outcome *o)
{
        if (!screen_is_left(report, o->after.verdict) || !o->after.why)
                return NULL;
        for (const struct outcome *a = report->outcomes; a < o; a++)
                if (a->after.verdict == o->after.verdict && a->after.why &&
                    streq(a->after.why, o->after.why))
                        return a;
        return NULL;
}

/* Does WHY name WHAT, which may have its circumstances behind it: "FILE (version 3)"? */
static bool names(const char *why, const char *what)
{
        const char *circumstances = strstr(what, " (");
        _cleanup_free_ char *bare =
                xstrndup(what, circumstances ? (size_t)(circumstances - what) : strlen(what));
        return *bare && strstr(why, bare);
}

/* A fact that the sentence tells already, or that nothing is wrong with, is a detail. */
static bool worth_a_line(const struct finding *f, const struct evidence *e)
{
        return e->expected && !e->detail &&
               !(f->why && (names(f->why, e->what) || names(f->why, _(e->what))));
}

static char *evidence_text(const struct evidence *e)
{
        const char *found = !e->found    ? _("nothing")
                            : e->literal ? e->found
                                         : _(e->found),
                   *expected = !e->expected || e->literal ? e->expected : _(e->expected);
        return expected ? xasprintf(_("%s: %s, expected: %s"), _(e->what), found, expected)
                        : xasprintf("%s: %s", _(e->what), found);
}

static void print_evidence(const struct screen *s, const struct finding *f)
{
        for (size_t i = 0; i < f->n_evidence; i++) {
                if (!s->verbose && !worth_a_line(f, &f->evidence[i]))
                        continue;
                _cleanup_free_ char *text = evidence_text(&f->evidence[i]);
                below(s, STYLE_PLAIN, text);
        }
}

static void print_notes(const struct screen *s, const struct finding *f)
{
        for (char **note = f->notes; note && *note; note++) {
                _cleanup_free_ char *text = xasprintf(_("note: %s"), *note);
                below(s, STYLE_PLAIN, text);
        }
}

static void print_do(const struct screen *s, const struct finding *f)
{
        if (!f->do_text)
                return;
        if (f->do_kind == DO_COMMAND) {
                layout_command(&s->l, screen_hang(s), _("do:"), f->do_text);
                return;
        }
        _cleanup_free_ char *text = xasprintf(
                f->do_kind == DO_CONSOLE ? _("do, in the console: %s") : _("do: %s"), f->do_text);
        below(s, STYLE_PLAIN, text);
}

/* What stands beside the verdict. */
static char *sentence(const struct screen *s, const struct report *report, const struct outcome *o)
{
        const struct finding *f = &o->after;
        const struct outcome *above = said_above(report, o);
        if (above)
                return xasprintf(_("the same as fault %d"), above->fault->id);
        if (f->verdict != VERDICT_OK || s->verbose)
                return xstrdup(f->why ? f->why : "");
        size_t n = f->notes ? strv_length(f->notes) : 0;
        if (n == 0)
                return xstrdup("");
        return xasprintf(i18n_plural("%zu note: see --verbose", "%zu notes: see --verbose", n), n);
}

/* "  12.3 MB", or nothing where it is not known. */
static char *size_text(const struct step_package *p)
{
        long long bytes = p->download > 0 ? p->download : p->size;
        return bytes > 0 ? xasprintf("  %.1f MB", (double)bytes / 1e6) : xstrdup("");
}

/* What the package system was asked: each package that comes with STEP. */
static void print_packages(const struct screen *s, const struct step *step, int hang)
{
        for (size_t i = 0; i < step->n_packages; i++) {
                const struct step_package *p = &step->packages[i];
                _cleanup_free_ char *size = size_text(p);
                _cleanup_free_ char *text =
                        p->old ? xasprintf("^ %s %s -> %s%s", p->name, p->old, p->version, size)
                               : xasprintf("+ %s %s%s", p->name, p->version, size);
                layout_text(&s->l, hang, hang + 2, STYLE_FAINT, text);
        }
}

/* What is there now, where it was seen. */
static const char *now_there(const struct finding *f, const struct step *step)
{
        for (size_t i = 0; i < f->n_evidence; i++)
                if (f->evidence[i].expected && *step->value &&
                    streq(f->evidence[i].what, step->target))
                        return f->evidence[i].found;
        return NULL;
}

static char *step_text(const struct finding *f, const struct step *step,
                       const struct step_result *result)
{
        _cleanup_free_ char *said = kind_say(step);
        const char *now = f ? now_there(f, step) : NULL;
        switch (result->state) {
        case STATE_DONE:
                return xasprintf(_("%s ... done (%.1f s)"), said, result->seconds);
        case STATE_FAILED:
                return xasprintf(_("%s ... failed"), said);
        case STATE_SKIPPED:
                return xasprintf(_("%s ... skipped"), said);
        case STATE_NOT_REHEARSED:
                return xasprintf(_("%s ... not rehearsed: it needs the running system"), said);
        case STATE_PLANNED:
                break;
        }
        return now ? xasprintf(_("%s (now %s)"), said, now) : TAKE_PTR(said);
}

static void print_steps(const struct screen *s, const struct finding *f, const struct plan *plan,
                        const struct step_result *results, int *number)
{
        for (size_t i = 0; i < plan->n; i++) {
                const struct step *step = &plan->steps[i];
                int hang = screen_hang(s);
                if (s->steps_told && results[i].state != STATE_SKIPPED)
                        continue;
                _cleanup_free_ char *said = step_text(f, step, &results[i]);
                _cleanup_free_ char *place = xasprintf("%d. ", ++*number);
                _cleanup_free_ char *text = xasprintf("%s%s", place, said);
                int wide = layout_columns(place);
                layout_text(&s->l, hang, hang + wide, STYLE_PLAIN, text);
                if (results[i].state == STATE_PLANNED)
                        print_packages(s, step, hang + wide);
        }
}

static void print_row(const struct screen *s, const struct report *report, const struct outcome *o)
{
        enum verdict verdict = o->after.verdict;
        bool cleared = o->repaired && verdict == VERDICT_OK;
        _cleanup_free_ char *id = xasprintf("%2d", o->fault->id);
        _cleanup_free_ char *text = sentence(s, report, o);
        const struct layout_cell cells[] = {
                { id, 2, STYLE_PLAIN },
                { o->fault->slug, SCREEN_NAME, STYLE_PLAIN },
                { cleared ? _("cleared") : _(words[verdict].word), verdict_columns(),
                  words[verdict].style },
                { text, 0, verdict == VERDICT_NOT_APPLICABLE ? STYLE_FAINT : STYLE_PLAIN },
        };
        layout_row(&s->l, SCREEN_INDENT, cells, ARRAY_SIZE(cells));
}

void screen_outcome(const struct screen *s, const struct report *report, const struct outcome *o,
                    int *number)
{
        const struct finding *f = &o->after;
        bool left = screen_is_left(report, f->verdict);
        if (s->quiet && !left)
                return;
        print_row(s, report, o);
        if (s->verbose && f->cause) {
                _cleanup_free_ char *cause = xasprintf(_("cause: %s"), f->cause);
                below(s, STYLE_PLAIN, cause);
        }
        if ((left && !said_above(report, o)) || s->verbose) {
                print_evidence(s, f);
                print_notes(s, f);
        }
        print_do(s, f);
        print_steps(s, f, &o->plan, o->results, number);
        if (o->connector_says && left) {
                _cleanup_free_ char *said =
                        xasprintf(_("the connector says: %s"), _(o->connector_says));
                below(s, STYLE_PLAIN, said);
        }
}

void screen_step(const struct screen *s, const struct fault *fault, size_t place, size_t of,
                 const struct step *step, const struct step_result *result)
{
        _cleanup_free_ char *id = fault ? xasprintf("%2d", fault->id) : xstrdup("");
        _cleanup_free_ char *said = step_text(NULL, step, result);
        _cleanup_free_ char *text = xasprintf("[%zu/%zu] %s", place, of, said);
        const struct layout_cell cells[] = {
                { id, 2, STYLE_PLAIN },
                { fault ? fault->slug : _("at the end"), SCREEN_NAME, STYLE_PLAIN },
                { text, 0, result->state == STATE_FAILED ? STYLE_BAD : STYLE_PLAIN },
        };
        layout_row(&s->l, SCREEN_INDENT, cells, ARRAY_SIZE(cells));
        fflush(s->l.to);
}

void screen_closing(const struct screen *s, const struct report *report, int *number)
{
        if (report->closing.n == 0 || s->quiet || s->steps_told)
                return;
        layout_text(&s->l, SCREEN_INDENT, SCREEN_INDENT, STYLE_PLAIN, _("at the end"));
        print_steps(s, NULL, &report->closing, report->closing_results, number);
}
