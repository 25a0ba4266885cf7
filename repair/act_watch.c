/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --watch: what the monitor sees, live: in place on a terminal, elsewhere a line a change. */
#include <errno.h>
#include <time.h>

#include "lib/i18n.h"
#include "lib/stop.h"
#include "repair/program.h"
#include "repair/wait.h"
#include "repair/watched.h"

#define TICK_MS 1000 /* the ages move; a monitor that died is seen, a signal is answered */

static int64_t epoch_ms(void)
{
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* "12 s", "3 min", "5 h", "40 d"; nothing where it is not known or lies ahead. */
static char *age_text(int64_t when)
{
        long long s = (epoch_ms() - when) / 1000;
        if (when <= 0 || s < 0)
                return xstrdup("");
        return s < 120      ? xasprintf(_("%lld s"), s)
               : s < 7200   ? xasprintf(_("%lld min"), s / 60)
               : s < 172800 ? xasprintf(_("%lld h"), s / 3600)
                            : xasprintf(_("%lld d"), s / 86400);
}

static void row(const struct layout *l, const struct fault *fault, const struct watched_fault *f)
{
        _cleanup_free_ char *id = xasprintf("%2d", fault->id), *age = age_text(f->since);
        struct layout_cell verdict = screen_verdict(f->verdict);
        int left = l->width - SCREEN_STEP - verdict.width - 2 - 7 - 2 - 1;
        _cleanup_free_ char *why = layout_cut(f->why, left > 0 ? left : 0);
        const struct layout_cell cells[] = {
                { id, 2, STYLE_PLAIN },  { fault->slug, SCREEN_NAME, STYLE_PLAIN }, verdict,
                { age, 7, STYLE_FAINT }, { left > 8 ? why : "", 0, STYLE_PLAIN },
        };
        layout_row(l, SCREEN_INDENT, cells, ARRAY_SIZE(cells));
}

static char *head_text(const struct watched *w)
{
        char when[32] = "?";
        time_t t = (time_t)(w->time / 1000);
        struct tm tm;
        if (localtime_r(&t, &tm))
                strftime(when, sizeof(when), "%F %T", &tm);
        return w->alive ? xasprintf(_("secep-monitord looked %s (Ctrl-C ends this)"), when)
                        : xasprintf(_("NO secep-monitord RUNS; it looked %s for the last time"),
                                    when);
}

/* Faults in the order of their numbers. */
static const struct fault *next_by_number(const struct fault *const *of, int after)
{
        const struct fault *best = NULL;
        for (; *of; of++)
                if ((*of)->id > after && (!best || (*of)->id < best->id))
                        best = *of;
        return best;
}

/* The whole picture over the one before, of *LINES lines. */
static void draw(const struct program *p, const struct watched *w, int *lines)
{
        struct layout l;
        layout_open(&l, stdout); /* it may be another width by now */
        _cleanup_free_ char *head = head_text(w), *cut = layout_cut(head, l.width - 1);
        if (*lines > 0)
                printf("\033[%dA\033[J", *lines);
        layout_text(&l, 0, 0, w->alive ? STYLE_BOLD : STYLE_BAD, cut);
        *lines = 1;
        const struct fault *f = NULL;
        while ((f = next_by_number(p->options.faults, f ? f->id : 0))) {
                row(&l, f, watched_find(w, f));
                ++*lines;
        }
        fflush(stdout);
}

static bool same(const struct watched_fault *a, const struct watched_fault *b)
{
        return a->why && a->verdict == b->verdict && streq(a->why, b->why);
}

/* A line for each fault that is not what it was in BEFORE, and where the monitor came or went. */
static void tell(const struct program *p, const struct watched *before, const struct watched *w)
{
        if (before->alive != w->alive) {
                _cleanup_free_ char *head = head_text(w);
                puts(head);
        }
        const struct fault *f = NULL;
        while ((f = next_by_number(p->options.faults, f ? f->id : 0)))
                if (!same(watched_find(before, f), watched_find(w, f)))
                        row(&p->screen.l, f, watched_find(w, f));
        fflush(stdout);
}

static void show(const struct program *p, struct watched *before, struct watched *now, int *lines)
{
        if (p->screen.l.terminal)
                draw(p, now, lines);
        else
                tell(p, before, now);
        watched_free(before);
        *before = *now;
        *now = (struct watched){ 0 };
}

int act_watch(struct program *p)
{
        struct watched seen = { 0 }, now = { 0 };
        int lines = 0, r = watched_read(&p->sys, &now);
        if (!now.alive) {
                watched_free(&now);
                return program_complain(EXIT_COULD_NOT_TELL,
                                        geteuid() != 0 ? _("--watch needs root")
                                                       : _("no secep-monitord runs; start it with: "
                                                           "systemctl start secep-monitord"));
        }
        _cleanup_close_ int fd = monitor_follow(&p->sys);
        stop_catch();
        while (!stop_asked() && !ferror(stdout)) {
                if (r >= 0)
                        show(p, &seen, &now, &lines);
                monitor_await(fd, TICK_MS);
                r = watched_read(&p->sys, &now);
        }
        watched_free(&now);
        int status = watched_status(&seen, p->options.faults, p->options.all);
        if (r < 0)
                status = exit_worse(status, EXIT_COULD_NOT_TELL);
        watched_free(&seen);
        return status;
}
