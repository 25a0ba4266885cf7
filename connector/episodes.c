/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Earlier repairs, from the run logs. */
#include "connector/episodes.h"

#include "lib/json.h"
#include "lib/runlog.h"
#include "lib/util.h"

struct wanted {
        int fault;
        const char *kind, *suffix;
};

static bool ends_in(const char *text, const char *suffix)
{
        size_t n = strlen(text), e = strlen(suffix);

        return n >= e && streq(text + n - e, suffix);
}

static bool is_wanted(const json_t *intent, const struct wanted *w)
{
        const char *kind = json_text(intent, "kind"), *target = json_text(intent, "target");

        return kind && target && streq(kind, w->kind) && ends_in(target, w->suffix) &&
               json_integer_value(json_object_get(intent, "fault")) == w->fault;
}

/* Is there a record EVENT of step STEP? */
static bool has_record(const json_t *records, const char *event, json_int_t step)
{
        const json_t *record;
        size_t i;

        json_array_foreach(records, i, record)
        {
                const char *name = json_text(record, "event");

                if (name && streq(name, event) &&
                    json_integer_value(json_object_get(record, "step")) == step)
                        return true;
        }
        return false;
}

static bool has_episode(const json_t *records, const struct wanted *w)
{
        const json_t *record;
        size_t i;

        json_array_foreach(records, i, record)
        {
                const char *event = json_text(record, "event");
                json_int_t step = json_integer_value(json_object_get(record, "step"));

                if (event && streq(event, "intent") && is_wanted(record, w) &&
                    has_record(records, "done", step) && !has_record(records, "undone", step))
                        return true;
        }
        return false;
}

int episodes_count(const struct sys *sys, int fault, const char *kind, const char *suffix,
                   time_t since)
{
        const struct wanted w = { .fault = fault, .kind = kind, .suffix = suffix };
        _cleanup_strv_ char **ids = NULL;
        int count = 0;

        if (runlog_list(sys, &ids, NULL) < 0)
                return 0;
        for (char **id = ids; id && *id; id++) {
                _cleanup_json_ json_t *records = NULL;

                if (runlog_read(sys, *id, &records, NULL) < 0)
                        continue;
                if (json_integer_value(json_object_get(json_array_get(records, 0), "time")) >=
                            since &&
                    has_episode(records, &w))
                        count++;
        }
        return count;
}
