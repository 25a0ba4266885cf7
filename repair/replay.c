/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run log read back. */
#include "repair/replay.h"

#include <errno.h>

#include "lib/json.h"
#include "lib/util.h"

static long number_of(const json_t *record)
{
        return (long)json_integer_value(json_object_get(record, "step"));
}

static int by_number(const void *key, const void *item)
{
        long a = *(const long *)key, b = ((const struct replay_step *)item)->number;
        return a < b ? -1 : a > b;
}

static struct replay_step *step_of(struct replay *replay, const json_t *record)
{
        long number = number_of(record);
        return replay->n ? bsearch(&number, replay->steps, replay->n, sizeof(*replay->steps),
                                   by_number)
                         : NULL;
}

/* The steps of a run are numbered as they come. */
static bool is_next(const struct replay *replay, const json_t *record)
{
        return replay->n == 0 || replay->steps[replay->n - 1].number < number_of(record);
}

static char *text_of(const json_t *record, const char *key)
{
        const char *text = json_text(record, key);
        return (char *)(text ? text : "");
}

static int take_begin(struct replay *replay, const json_t *record)
{
        replay->time = (long)json_integer_value(json_object_get(record, "time"));
        return 0;
}

static int take_intent(struct replay *replay, const json_t *record)
{
        const char *name = json_text(record, "kind");
        const struct kind *kind = name ? kind_by_name(name) : NULL;
        json_t *undo = json_object_get(record, "undo");
        if (!kind || !json_is_object(undo) || !is_next(replay, record))
                return -EBADMSG;
        replay->steps = xreallocarray(replay->steps, replay->n + 1, sizeof(*replay->steps));
        replay->steps[replay->n++] = (struct replay_step){
                .number = number_of(record),
                .kind = kind,
                .step = { .kind = kind->kind,
                          .fault = (int)json_integer_value(json_object_get(record, "fault")),
                          .target = text_of(record, "target"),
                          .key = text_of(record, "key"),
                          .value = text_of(record, "value") },
                .undo = undo,
                .state = REPLAY_BEGUN,
        };
        return 0;
}

static int take_state(struct replay *replay, const json_t *record, enum replay_state state)
{
        struct replay_step *step = step_of(replay, record);
        if (!step)
                return -EBADMSG;
        step->state = state;
        /* what really happened, over what was foreseen */
        if (json_is_object(json_object_get(record, "undo")))
                json_object_update(step->undo, json_object_get(record, "undo"));
        return 0;
}

static int take_done(struct replay *replay, const json_t *record)
{
        return take_state(replay, record, REPLAY_DONE);
}

static int take_failed(struct replay *replay, const json_t *record)
{
        return take_state(replay, record, REPLAY_FAILED);
}

static int take_undone(struct replay *replay, const json_t *record)
{
        return take_state(replay, record, REPLAY_UNDONE);
}

static int take_settled(struct replay *replay, const json_t *record)
{
        static const struct {
                const char *name;
                enum replay_state state;
        } states[] = {
                { "done", REPLAY_DONE },
                { "not-done", REPLAY_NOT_DONE },
                { "reverted", REPLAY_UNDONE },
        };
        const char *name = json_text(record, "state");
        for (size_t i = 0; name && i < ARRAY_SIZE(states); i++)
                if (streq(name, states[i].name))
                        return take_state(replay, record, states[i].state);
        return -EBADMSG;
}

static int take_end(struct replay *replay, const json_t *record)
{
        replay->ended = true;
        replay->exit = (int)json_integer_value(json_object_get(record, "exit"));
        return 0;
}

static const struct {
        const char *event;
        int (*take)(struct replay *, const json_t *);
} events[] = {
        { "begin", take_begin },   { "intent", take_intent }, { "done", take_done },
        { "failed", take_failed }, { "undone", take_undone }, { "settled", take_settled },
        { "end", take_end },
};

static int take(struct replay *replay, const json_t *record)
{
        const char *event = json_text(record, "event");
        for (size_t i = 0; event && i < ARRAY_SIZE(events); i++)
                if (streq(event, events[i].event))
                        return events[i].take(replay, record);
        return -EBADMSG;
}

int replay_read(const struct sys *sys, const char *id, struct replay *out, char **why)
{
        _cleanup_replay_ struct replay replay = { 0 };
        int r = runlog_read(sys, id, &replay.records, why);
        if (r < 0)
                return r;
        replay.id = xstrdup(id);
        size_t i;
        json_t *record;
        json_array_foreach(replay.records, i, record)
        {
                if (take(&replay, record) < 0)
                        return fail(why, -EBADMSG, "%s/%s.jsonl:%zu: not a record of a run",
                                    RUNLOG_DIR, id, i + 1);
        }
        *out = replay;
        replay = (struct replay){ 0 };
        return 0;
}

void replay_free(struct replay *replay)
{
        free(replay->id);
        free(replay->steps);
        json_decref(replay->records);
        *replay = (struct replay){ 0 };
}
