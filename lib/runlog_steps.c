/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run logs, understood. */
#include "lib/runlog_steps.h"

#include <errno.h>

#include "lib/json.h"
#include "lib/util.h"

static long number_of(const json_t *record)
{
        return (long)json_integer_value(json_object_get(record, "step"));
}

static int by_number(const void *key, const void *item)
{
        long a = *(const long *)key, b = ((const struct runlog_step *)item)->number;
        return a < b ? -1 : a > b;
}

static int take_begin(struct runlog_steps *s, const json_t *record)
{
        s->time = (time_t)json_integer_value(json_object_get(record, "time"));
        return 0;
}

/* Doubled each time it is full: the array's length is a power of two. */
static void grow(struct runlog_steps *s)
{
        if ((s->n & (s->n - 1)) == 0)
                s->steps = xreallocarray(s->steps, s->n ? s->n * 2 : 1, sizeof(*s->steps));
}

static int take_intent(struct runlog_steps *s, const json_t *record)
{
        long number = number_of(record);
        if (s->n > 0 && s->steps[s->n - 1].number >= number)
                return -EBADMSG; /* the steps of a run are numbered as they come */
        grow(s);
        s->steps[s->n++] =
                (struct runlog_step){ .number = number, .state = RUNLOG_BEGUN, .intent = s->here };
        return 0;
}

static int take_state(struct runlog_steps *s, const json_t *record, enum runlog_state state)
{
        long number = number_of(record);
        struct runlog_step *step =
                s->n ? bsearch(&number, s->steps, s->n, sizeof(*step), by_number) : NULL;
        if (!step)
                return -EBADMSG;
        step->state = state;
        step->error = (int)json_integer_value(json_object_get(record, "error"));
        if (json_is_object(json_object_get(record, "undo")))
                step->outcome = s->here;
        return 0;
}

static int take_done(struct runlog_steps *s, const json_t *record)
{
        return take_state(s, record, RUNLOG_DONE);
}

static int take_failed(struct runlog_steps *s, const json_t *record)
{
        return take_state(s, record, RUNLOG_FAILED);
}

static int take_undone(struct runlog_steps *s, const json_t *record)
{
        return take_state(s, record, RUNLOG_UNDONE);
}

static int take_settled(struct runlog_steps *s, const json_t *record)
{
        static const struct {
                const char *name;
                enum runlog_state state;
        } states[] = {
                { "done", RUNLOG_DONE },
                { "not-done", RUNLOG_NOT_DONE },
                { "reverted", RUNLOG_UNDONE },
        };
        const char *name = json_text(record, "state");
        for (size_t i = 0; name && i < ARRAY_SIZE(states); i++)
                if (streq(name, states[i].name))
                        return take_state(s, record, states[i].state);
        return -EBADMSG;
}

static int take_end(struct runlog_steps *s, const json_t *record)
{
        s->ended = true;
        s->exit = (int)json_integer_value(json_object_get(record, "exit"));
        return 0;
}

static const struct event {
        const char *name;
        int (*take)(struct runlog_steps *, const json_t *);
} events[] = {
        { "begin", take_begin },   { "intent", take_intent }, { "done", take_done },
        { "failed", take_failed }, { "undone", take_undone }, { "settled", take_settled },
        { "end", take_end },
};

static const struct event *event_of(const json_t *record)
{
        const char *name = json_text(record, "event");
        for (size_t i = 0; name && i < ARRAY_SIZE(events); i++)
                if (streq(name, events[i].name))
                        return &events[i];
        return NULL;
}

int runlog_steps_read(struct runlog_reader *reader, int (*on_intent)(void *, const json_t *),
                      void *data, struct runlog_steps *out, char **why)
{
        _cleanup_runlog_steps_ struct runlog_steps s = { 0 };
        struct runlog_place place;
        for (;;) {
                _cleanup_json_ json_t *record = NULL;
                int r = runlog_next(reader, &record, &place, why);
                if (r < 0)
                        return r;
                if (r == 0)
                        break;
                const struct event *event = event_of(record);
                bool intent = event && event->take == take_intent;
                s.here = place;
                r = event ? event->take(&s, record) : -EBADMSG;
                if (r == 0 && intent)
                        r = on_intent ? on_intent(data, record) : 0;
                _cleanup_free_ char *name = r < 0 ? runlog_place_name(reader, &place) : NULL;
                if (r < 0)
                        return fail(why, -EBADMSG, "%s: not a record of a run", name);
        }
        *out = s;
        s = (struct runlog_steps){ 0 };
        return 0;
}

void runlog_steps_free(struct runlog_steps *s)
{
        free(s->steps);
        *s = (struct runlog_steps){ 0 };
}
