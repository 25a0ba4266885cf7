/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run log read back. */
#include "repair/replay.h"

#include <errno.h>

#include "lib/json.h"
#include "lib/util.h"

static const struct kind *kind_in(const json_t *intent)
{
        const char *name = json_text(intent, "kind");
        return name ? kind_of(step_kind_by_name(name)) : NULL;
}

/* An intent that undo could do nothing with is no record of a run of ours. */
static int check_intent(void *data, const json_t *intent)
{
        (void)data;
        return kind_in(intent) && json_is_object(json_object_get(intent, "undo")) ? 0 : -EBADMSG;
}

int replay_read(const struct sys *sys, const char *id, struct replay *out, char **why)
{
        _cleanup_replay_ struct replay replay = { 0 };
        int r = runlog_open(sys, id, &replay.reader, why);
        if (r == 0)
                r = runlog_steps_read(replay.reader, check_intent, NULL, &replay.log, why);
        if (r < 0)
                return r;
        replay.id = xstrdup(id);
        *out = replay;
        replay = (struct replay){ 0 };
        return 0;
}

void replay_free(struct replay *replay)
{
        free(replay->id);
        runlog_reader_close(replay->reader);
        runlog_steps_free(&replay->log);
        *replay = (struct replay){ 0 };
}

static char *text_of(const json_t *record, const char *key)
{
        const char *text = json_text(record, key);
        return (char *)(text ? text : "");
}

/* What really happened, over what was foreseen. */
static int merge_outcome(const struct replay *replay, const struct runlog_step *s, json_t *intent,
                         char **why)
{
        _cleanup_json_ json_t *outcome = NULL;
        if (!s->outcome.file)
                return 0;
        int r = runlog_at(replay->reader, &s->outcome, &outcome, why);
        if (r == 0)
                json_object_update(json_object_get(intent, "undo"),
                                   json_object_get(outcome, "undo"));
        return r;
}

int replay_step_read(const struct replay *replay, size_t index, struct replay_step *out, char **why)
{
        const struct runlog_step *s = &replay->log.steps[index];
        json_t *record = NULL;
        int r = runlog_at(replay->reader, &s->intent, &record, why);
        if (r < 0)
                return r;
        const struct kind *kind = kind_in(record);
        if (!kind) {
                json_decref(record);
                return fail(why, -EBADMSG, "%s: changed while it was read", replay->id);
        }
        r = merge_outcome(replay, s, record, why);
        if (r < 0) {
                json_decref(record);
                return r;
        }
        *out = (struct replay_step){
                .number = s->number,
                .state = s->state,
                .kind = kind,
                .step = { .kind = kind->kind,
                          .fault = (int)json_integer_value(json_object_get(record, "fault")),
                          .target = text_of(record, "target"),
                          .key = text_of(record, "key"),
                          .value = text_of(record, "value") },
                .undo = json_object_get(record, "undo"),
                .record = record,
        };
        return 0;
}

void replay_step_free(struct replay_step *step)
{
        json_decref(step->record);
        *step = (struct replay_step){ 0 };
}
