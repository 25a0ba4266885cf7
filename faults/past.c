/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Earlier repairs. */
#include "faults/past.h"

#include "lib/util.h"

#define DAY (24L * 3600)

void past_note_skipped(const struct runlog_past *past, struct finding *f)
{
        for (char **s = past->skipped; f && s && *s; s++)
                finding_note(f, "earlier repairs in this run log do not count: %s", *s);
}

static bool ends_in(const char *text, const char *suffix)
{
        size_t n = strlen(text), e = strlen(suffix);
        return n >= e && streq(text + n - e, suffix);
}

struct wanted {
        int fault;
        enum step_kind kind;
        const char *suffix; /* of the target */
        time_t since;
};

/* A run counts once. */
static int count_runs(const struct past_step *steps, size_t n, const struct wanted *wanted,
                      bool *counted)
{
        int count = 0;
        for (const struct past_step *s = steps; s < steps + n; s++) {
                if (counted[s->run] || !(s->faults & 1U << wanted->fault) ||
                    !streq(s->kind, step_kind_name(wanted->kind)) ||
                    !ends_in(s->target, wanted->suffix))
                        continue;
                counted[s->run] = true;
                count++;
        }
        return count;
}

static int episodes(const struct sys *sys, const struct wanted *wanted, bool failed_too,
                    struct finding *f)
{
        _cleanup_runlog_past_ struct runlog_past past = { 0 };
        if (runlog_past_read(sys, wanted->since, &past, NULL) < 0)
                return 0;
        past_note_skipped(&past, f);
        _cleanup_free_ bool *counted = xcalloc(past.n_runs + 1, sizeof(*counted));
        int count = count_runs(past.steps, past.n, wanted, counted);
        if (failed_too)
                count += count_runs(past.failed, past.n_failed, wanted, counted);
        return count;
}

int past_episodes(const struct sys *sys, int fault, enum step_kind kind, const char *suffix,
                  time_t since, struct finding *f)
{
        return episodes(sys, &(struct wanted){ fault, kind, suffix, since }, false, f);
}

int past_tried(const struct sys *sys, int fault, enum step_kind kind, const char *suffix,
               time_t since, struct finding *f)
{
        return episodes(sys, &(struct wanted){ fault, kind, suffix, since }, true, f);
}

int past_in_vain(const struct sys *sys, enum step_kind kind, const char *target, struct finding *f)
{
        _cleanup_runlog_past_ struct runlog_past past = { 0 };
        if (runlog_past_read(sys, time(NULL) - DAY, &past, NULL) < 0)
                return 0;
        past_note_skipped(&past, f);
        const char *name = step_kind_name(kind);
        const struct past_step *s = runlog_past_find(&past, name, target);
        unsigned last = (unsigned)past.n_runs; /* no run: a run counts once */
        int count = 0;
        for (; s && s < past.steps + past.n && streq(s->target, target) && streq(s->kind, name);
             s++) {
                count += s->run != last && past.runs[s->run].left;
                last = s->run;
        }
        return count;
}

const struct past_run *past_mended(const struct runlog_past *past, const char *path)
{
        static const enum step_kind kinds[] = { STEP_SET_MODE, STEP_SET_OWNER };
        const struct past_step *newest = NULL;
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                const struct past_step *s = runlog_past_find(past, step_kind_name(kinds[i]), path);
                if (s && (!newest || s->run < newest->run))
                        newest = s;
        }
        return newest ? &past->runs[newest->run] : NULL;
}

const struct past_run *past_mended_before(const struct runlog_past *past, const char *path)
{
        static const enum step_kind kinds[] = { STEP_SET_MODE, STEP_SET_OWNER };
        const struct past_run *newest = past_mended(past, path);
        const struct past_run *before = NULL;
        for (size_t i = 0; newest && i < ARRAY_SIZE(kinds); i++) {
                const char *kind = step_kind_name(kinds[i]);
                const struct past_step *s = runlog_past_find(past, kind, path);
                for (; s && s < past->steps + past->n && streq(s->target, path) &&
                       streq(s->kind, kind);
                     s++) {
                        const struct past_run *run = &past->runs[s->run];
                        if (run > newest && (!before || run < before))
                                before = run;
                }
        }
        return before;
}
