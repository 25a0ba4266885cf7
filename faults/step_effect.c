/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps done without effect. */
#include "faults/step_effect.h"

#include <time.h>

#include "lib/json.h"
#include "lib/runlog.h"
#include "lib/util.h"

#define DAY (24L * 3600)

static bool has_text(const json_t *record, const char *key, const char *text)
{
        const char *value = json_text(record, key);
        return value && streq(value, text);
}

/* Did the run do it, and was a fault left at its end? */
static bool done_in_vain(const json_t *records, const char *kind, const char *target, time_t since)
{
        const json_t *begin = json_array_get(records, 0), *step = NULL;
        bool done = false, left = false;
        size_t i;
        json_t *r;
        if (!begin || json_integer_value(json_object_get(begin, "time")) < since)
                return false;
        json_array_foreach(records, i, r)
        {
                if (has_text(r, "event", "intent") && has_text(r, "kind", kind) &&
                    has_text(r, "target", target))
                        step = json_object_get(r, "step");
                else if (has_text(r, "event", "done") && step &&
                         json_equal(step, json_object_get(r, "step")))
                        done = true;
                else if (has_text(r, "event", "end"))
                        left = json_integer_value(json_object_get(r, "exit")) != 0;
        }
        return done && left;
}

int step_without_effect(const struct sys *sys, const char *kind, const char *target)
{
        _cleanup_strv_ char **ids = NULL;
        int n = 0;
        if (runlog_list(sys, &ids, NULL) < 0)
                return 0;
        time_t since = time(NULL) - DAY;
        for (char **id = ids; id && *id; id++) {
                _cleanup_json_ json_t *records = NULL;
                if (runlog_read(sys, *id, &records, NULL) == 0)
                        n += done_in_vain(records, kind, target, since);
        }
        return n;
}
