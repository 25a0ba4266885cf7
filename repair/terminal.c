/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live line. */
#include "repair/terminal.h"

#include "lib/clean.h"
#include "lib/util.h"
#include "repair/kind.h"

#define CLEAR_LINE "\r\033[K"

static void draw(const struct terminal *t, const char *what, int percent)
{
        const struct kind *kind = kind_of(t->step->kind);
        _cleanup_free_ char *text =
                xasprintf("%s %s%s%.60s", kind ? kind->verb : "?", t->step->target,
                          what && *what ? ": " : "", what ? what : "");
        fputs(CLEAR_LINE, stderr);
        print_clean(text, stderr);
        if (percent >= 0)
                fprintf(stderr, " %d %%", percent);
        fprintf(stderr, " (%lld s)", (long long)(now_ms() - t->start) / 1000);
        fflush(stderr);
}

static void on_progress(void *data, const char *what, int percent)
{
        const struct terminal *t = data;
        if (t->step)
                draw(t, what, percent);
}

void terminal_init(struct terminal *t, bool live)
{
        *t = (struct terminal){ .live = live };
        t->progress = (struct progress){ .tell = live ? on_progress : NULL, .data = t };
}

void terminal_step(void *data, const struct step *step, const struct step_result *result)
{
        struct terminal *t = data;
        if (!t->live)
                return;
        if (result->state == STATE_PLANNED) {
                t->step = step;
                t->start = now_ms();
                draw(t, NULL, -1);
        } else {
                t->step = NULL;
                fputs(CLEAR_LINE, stderr);
        }
}
