/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a run as they are done. */
#include "repair/terminal.h"

#include "lib/i18n.h"
#include "lib/stop.h"
#include "lib/util.h"
#include "repair/apply.h"
#include "repair/kind.h"

#define CLEAR_LINE "\r\033[K"

static bool find_in(const struct plan *plan, const struct step *step, size_t *place)
{
        for (size_t i = 0; i < plan->n; i++)
                if (&plan->steps[i] == step) {
                        *place = i + 1;
                        return true;
                }
        return false;
}

/* Whose step it is, and where among those; NULL: the run's own. */
static const struct fault *whose(const struct report *report, const struct step *step,
                                 size_t *place, size_t *of)
{
        for (size_t i = 0; i < report->n; i++)
                if (find_in(&report->outcomes[i].plan, step, place)) {
                        *of = report->outcomes[i].plan.n;
                        return report->outcomes[i].fault;
                }
        *place = *of = 1;
        if (find_in(&report->closing, step, place))
                *of = report->closing.n;
        return NULL;
}

/* The tail stays whole, what is under way is cut to the rest of the line. */
static void draw(const struct terminal *t, const char *what, int percent)
{
        size_t place, of;
        (void)whose(t->report, t->step, &place, &of);
        long long seconds = (long long)(now_ms() - t->start) / 1000;
        const char *hint =
                stop_asked() ? _("stops after this step") : _("Ctrl-C: stop after this step");
        _cleanup_free_ char *said = kind_say(t->step);
        _cleanup_free_ char *done = percent >= 0 ? xasprintf("%d %%  ", percent) : xstrdup("");
        _cleanup_free_ char *tail = xasprintf("  %s%lld s  (%s)", done, seconds, hint);
        _cleanup_free_ char *head = xasprintf("[%zu/%zu] %s%s%s", place, of, said,
                                              what && *what ? ": " : "", what ? what : "");
        /* the last column stays free: there some terminals go on to the next line */
        int room = t->live.width - 1 - layout_columns(tail);
        if (room < LAYOUT_ROOM) {
                free(tail);
                tail = xasprintf("  %s%lld s", done, seconds);
                room = t->live.width - 1 - layout_columns(tail);
        }
        _cleanup_free_ char *cut = layout_cut(head, room);
        fprintf(stderr, CLEAR_LINE "%s%s", cut, tail);
        fflush(stderr);
}

static void on_progress(void *data, const char *what, int percent)
{
        const struct terminal *t = data;
        if (t->step)
                draw(t, what, percent);
}

void terminal_init(struct terminal *t, const struct screen *screen, const struct report *report)
{
        *t = (struct terminal){ .screen = screen, .report = report };
        layout_open(&t->live, stderr);
        bool live = screen && t->live.terminal;
        t->progress = (struct progress){ .tell = live ? on_progress : NULL, .data = t };
}

void terminal_step(void *data, const struct step *step, const struct step_result *result)
{
        struct terminal *t = data;
        size_t place, of;
        if (!t->screen)
                return;
        if (result->state == STATE_PLANNED) {
                t->step = step;
                t->start = now_ms();
                if (t->progress.tell)
                        draw(t, NULL, -1);
                return;
        }
        t->step = NULL;
        if (t->progress.tell)
                fputs(CLEAR_LINE, stderr);
        const struct fault *fault = whose(t->report, step, &place, &of);
        screen_step(t->screen, fault, place, of, step, result);
        t->told = true;
}
