/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps done lately. */
#include "lib/runlog_past.h"

#include <errno.h>

#include "lib/json.h"
#include "lib/runlog_files.h"
#include "lib/runlog_steps.h"
#include "lib/util.h"

/* The intents of one run, in step with its runlog_steps. */
struct intents {
        struct past_step *items;
        size_t n;
};

static void step_free(struct past_step *step)
{
        free(step->kind);
        free(step->target);
}

static void intents_free(struct intents *intents)
{
        for (size_t i = 0; i < intents->n; i++)
                step_free(&intents->items[i]);
        free(intents->items);
}
#define _cleanup_intents_ _cleanup_(intents_free)

/* Numbers from a file: what has no bit is passed over. */
static unsigned bit_of(const json_t *number)
{
        json_int_t n = json_integer_value(number);
        return n > 0 && n < 32 ? 1U << n : 0;
}

static unsigned faults_of(const json_t *intent)
{
        unsigned bits = bit_of(json_object_get(intent, "fault"));
        size_t i;
        json_t *number;
        json_array_foreach(json_object_get(intent, "faults"), i, number) bits |= bit_of(number);
        return bits;
}

static int remember(void *data, const json_t *intent)
{
        struct intents *to = data;
        const char *kind = json_text(intent, "kind"), *target = json_text(intent, "target");
        if ((to->n & (to->n - 1)) == 0)
                to->items = xreallocarray(to->items, to->n ? to->n * 2 : 1, sizeof(*to->items));
        to->items[to->n++] = (struct past_step){
                .kind = xstrdup(kind ? kind : ""),
                .target = xstrdup(target ? target : ""),
                .faults = faults_of(intent),
        };
        return 0;
}

static void keep(struct past_step **list, size_t *n, struct past_step *intent, size_t run)
{
        struct past_step *step = &(*list)[(*n)++];
        *step = *intent;
        step->run = (unsigned)run;
        *intent = (struct past_step){ 0 };
}

static void keep_tried(struct runlog_past *past, const struct runlog_steps *steps,
                       struct intents *intents)
{
        size_t run = past->n_runs - 1, room = steps->n + 1;
        past->steps = xreallocarray(past->steps, past->n + room, sizeof(*past->steps));
        past->failed = xreallocarray(past->failed, past->n_failed + room, sizeof(*past->failed));
        for (size_t i = 0; i < steps->n; i++)
                if (steps->steps[i].state == RUNLOG_DONE)
                        keep(&past->steps, &past->n, &intents->items[i], run);
                else if (steps->steps[i].state == RUNLOG_FAILED && steps->steps[i].error != EPERM)
                        keep(&past->failed, &past->n_failed, &intents->items[i], run);
}

static int read_run(const struct sys *sys, const char *id, struct runlog_past *past, char **why)
{
        _cleanup_runlog_reader_ struct runlog_reader *reader = NULL;
        _cleanup_runlog_steps_ struct runlog_steps steps = { 0 };
        _cleanup_intents_ struct intents intents = { 0 };
        int r = runlog_open(sys, id, &reader, why);
        if (r == 0)
                r = runlog_steps_read(reader, remember, &intents, &steps, why);
        if (r < 0)
                return r;
        past->runs = xreallocarray(past->runs, past->n_runs + 1, sizeof(*past->runs));
        past->runs[past->n_runs++] = (struct past_run){
                .id = xstrdup(id),
                .time = steps.time,
                .left = steps.ended && steps.exit != 0,
        };
        keep_tried(past, &steps, &intents);
        return 0;
}

/* The age is asked before the content, the size before it is read. */
static int take_run(const struct sys *sys, const char *id, time_t since, int64_t *budget,
                    struct runlog_past *past, char **why)
{
        time_t when = 0;
        int r = runlog_time(sys, id, &when, why);
        if (r < 0 || when < since)
                return r;
        int64_t size = runlog_size(sys, id);
        if (size < 0 || size > *budget) {
                _cleanup_free_ char *path = runlog_file_path(id, 1);
                return size < 0 ? fail(why, (int)size, "%s: %s", path, error_text((int)-size))
                                : fail(why, -EFBIG, "%s: too long for a look (%lld MiB)", path,
                                       (long long)(size >> 20));
        }
        *budget -= size;
        return read_run(sys, id, past, why);
}

static int compare(const void *a, const void *b)
{
        const struct past_step *x = a, *y = b;
        int r = strcmp(x->target, y->target);
        if (r == 0)
                r = strcmp(x->kind, y->kind);
        return r ? r : (x->run > y->run) - (x->run < y->run);
}

int runlog_past_read(const struct sys *sys, time_t since, struct runlog_past *out, char **why)
{
        _cleanup_strv_ char **ids = NULL;
        _cleanup_runlog_past_ struct runlog_past past = { 0 };
        int64_t budget = RUNLOG_PAST_MAX;
        int r = runlog_list(sys, &ids, why);
        if (r < 0)
                return r;
        for (size_t i = strv_length(ids); i-- > 0;) {
                _cleanup_free_ char *skipped = NULL;
                if (take_run(sys, ids[i], since, &budget, &past, &skipped) < 0)
                        strv_add(&past.skipped, skipped ? skipped : ids[i]);
        }
        if (past.n > 1)
                qsort(past.steps, past.n, sizeof(*past.steps), compare);
        *out = past;
        past = (struct runlog_past){ 0 };
        return 0;
}

void runlog_past_free(struct runlog_past *past)
{
        for (size_t i = 0; i < past->n; i++)
                step_free(&past->steps[i]);
        for (size_t i = 0; i < past->n_failed; i++)
                step_free(&past->failed[i]);
        for (size_t i = 0; i < past->n_runs; i++)
                free(past->runs[i].id);
        free(past->steps);
        free(past->failed);
        free(past->runs);
        cleanup_strv(&past->skipped);
        *past = (struct runlog_past){ 0 };
}

const struct past_step *runlog_past_find(const struct runlog_past *past, const char *kind,
                                         const char *target)
{
        struct past_step key = { .kind = (char *)kind, .target = (char *)target, .run = 0 };
        size_t low = 0, high = past->n;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (compare(&past->steps[middle], &key) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        const struct past_step *step = low < past->n ? &past->steps[low] : NULL;
        return step && streq(step->target, target) && streq(step->kind, kind) ? step : NULL;
}
